// The page in a frame of a notebook: its values go to Python, and Python's to it (page.js speaks and listens).
function render({ model, el }) {
  const frame = document.createElement("iframe");
  frame.title = "Ridge regression under model collapse: explorer";
  frame.setAttribute("sandbox", "allow-scripts");
  frame.style = `width: 100%; height: ${model.get("height")}px; border: 0`;
  frame.srcdoc = model.get("page");
  const told = event => {
    if (event.source !== frame.contentWindow || !event.data?.ridgeproof) return;
    model.set("values", event.data.ridgeproof.values);
    model.set("prediction", event.data.ridgeproof.prediction);
    model.save_changes();
  };
  const tell = () => frame.contentWindow?.postMessage({ ridgeproof: { values: model.get("values") } }, "*");
  window.addEventListener("message", told);
  model.on("change:values", tell);
  el.append(frame);
  return () => { window.removeEventListener("message", told); model.off("change:values", tell); };
}
export default { render };
