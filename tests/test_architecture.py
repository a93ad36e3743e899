"""The doors between the rooms, checked on the imports themselves."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "plotread"
# The modules that every room may import: the contract.
DOORS = {"plotread.model", "plotread.geometry", "plotread.flags", "plotread.errors", "plotread.numerals"}
# Heavier than the doors and lighter than a room: shared by the eye's stages.
VISION_SHARED = {
    f"plotread.vision.{name}" for name in ("types", "pixels", "coverage", "faces", "ground", "dots")
}
SURFACE = {
    "cli", "batch", "comparison", "settings", "export", "overlay", "markdown", "inputs",
    "__init__", "__main__",
}  # fmt: skip
NUMERIC = {"scipy", "cv2", "skimage", "PIL"}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Every module that a file imports anywhere, submodules named by ``from a import b`` included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            base = node.module or ""
            found.add(base)
            found |= {f"{base}.{alias.name}" for alias in node.names if f"{base}.{alias.name}" in MODULES}
    return frozenset(found)


def room_of(module: str) -> str:
    """The first name below the package: vision, diagnosis, prose, logs, or a single module."""
    return ([*module.split("."), ""])[1]


def own(path: Path) -> set[str]:
    """Imports from this package."""
    return {name for name in imports_of(path) if name.split(".")[0] == "plotread"}


def stage_of(module: str) -> str:
    """The stage of the eye that a module belongs to: plotread.vision.ink.panel -> ink."""
    return ([*module.split("."), "", ""])[2]


@pytest.mark.parametrize("module", ["model", "geometry", "flags", "errors"])
def test_the_doors_import_nothing_above_them(module):
    tree = ast.parse((PACKAGE / f"{module}.py").read_text("utf-8"))
    for node in tree.body:  # the two writers of Figure are imported inside its methods
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("plotread"):
            assert module == "model"
            assert node.module == "plotread.geometry"


@pytest.mark.parametrize("module", [name for name in MODULES if room_of(name) == "vision"])
def test_stages_of_the_eye_do_not_import_each_other(module):
    if module in ("plotread.vision.read", "plotread.vision.search", "plotread.vision"):
        return
    stage = stage_of(module)
    for name in own(MODULES[module]) - DOORS - VISION_SHARED:
        assert room_of(name) == "vision", f"{module} imports {name}"
        assert stage_of(name) in (stage, ""), f"{module} imports {name}"


@pytest.mark.parametrize("module", [name for name in MODULES if room_of(name) == "diagnosis"])
def test_the_mind_never_sees_a_pixel(module):
    for name in own(MODULES[module]) - DOORS:
        assert room_of(name) == "diagnosis", f"{module} imports {name}"
    assert not {name.split(".")[0] for name in imports_of(MODULES[module])} & {"cv2", "PIL", "skimage"}


@pytest.mark.parametrize("module", [name for name in MODULES if room_of(name) == "prose"])
def test_the_voice_never_computes(module):
    for name in own(MODULES[module]) - DOORS:
        assert room_of(name) == "prose", f"{module} imports {name}"
    assert not {name.split(".")[0] for name in imports_of(MODULES[module])} & (NUMERIC | {"numpy"})


@pytest.mark.parametrize("module", [name for name in MODULES if room_of(name) == "logs"])
def test_the_other_door_knows_no_room(module):
    for name in own(MODULES[module]) - DOORS:
        assert room_of(name) == "logs", f"{module} imports {name}"


@pytest.mark.parametrize("module", [name for name in MODULES if room_of(name) in SURFACE - {"export"}])
def test_no_room_imports_the_surface(module):
    for other, path in MODULES.items():
        if room_of(other) in ("vision", "diagnosis", "prose", "logs"):
            assert module == "plotread" or module not in imports_of(path), f"{other} imports {module}"


@pytest.mark.parametrize("module", MODULES)
def test_a_file_can_be_read_in_one_sitting(module):
    assert len(MODULES[module].read_text("utf-8").splitlines()) <= 400


@pytest.mark.parametrize("module", MODULES)
def test_the_library_neither_prints_nor_hides_faults(module):
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print", f"{module}:{node.lineno}"
        if isinstance(node, ast.ExceptHandler):
            caught = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} if node.type else {""}
            assert not caught & {"", "Exception"}, f"{module}:{node.lineno}"
            if "BaseException" in caught:  # allowed only to clean up
                assert any(isinstance(n, ast.Raise) and n.exc is None for n in node.body), (
                    f"{module}:{node.lineno}"
                )


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_it_is(module):
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    assert ast.get_docstring(tree) or not tree.body, module
