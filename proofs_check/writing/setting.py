"""The setting and the definitions of a claim in words, for every form in which it is printed."""

from ridgeproof.theorems.wording import definitions as definitions
from ridgeproof.theorems.wording import setting as setting
from ridgeproof.theorems.wording import written as written
