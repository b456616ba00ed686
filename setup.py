"""Only this: a build starts from an empty folder, so that a removed module is not installed again."""

import shutil

from setuptools import setup
from setuptools.command.build_py import build_py


class Fresh(build_py):
    """Copy the modules into a folder that held nothing."""

    def run(self) -> None:
        if not self.editable_mode:
            shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


setup(cmdclass={"build_py": Fresh})
