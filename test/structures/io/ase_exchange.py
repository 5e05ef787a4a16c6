# Exchanges extended XYZ with ASE, for ase.test.ts.
#   read FILE    prints what ASE reads, as JSON; reals as hexadecimal, so that no bit is lost
#   write FILE   writes frames with every kind of value that ASE knows
import json
import sys

import numpy as np
from ase import Atoms
from ase.calculators.singlepoint import SinglePointCalculator
from ase.io import read, write


def plain(value):
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value).hex()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def describe(atoms):
    results = dict(atoms.calc.results) if atoms.calc else {}
    arrays = {key: value for key, value in atoms.arrays.items() if key not in ("numbers", "positions", "forces")}
    return {
        "numbers": plain(atoms.numbers),
        "positions": plain(atoms.positions),
        "cell": plain(atoms.cell.array),
        "pbc": plain(atoms.pbc),
        "energy": plain(results.get("energy", atoms.info.get("energy"))),
        "forces": plain(results.get("forces", atoms.arrays.get("forces"))),
        "stress": plain(results.get("stress")),
        "info": {key: plain(value) for key, value in atoms.info.items() if key not in ("energy", "stress")},
        "arrays": plain(arrays),
    }


def write_frames(path):
    slab = Atoms("SiO2", positions=[[0.1, 0.2, 1 / 3], [1, 2, 3], [-1e-7, 2e10, 5]], cell=[[4, 0.5, 0], [0, 5, 0.25], [1, 0, 6]], pbc=[True, True, False])
    slab.info.update(
        text="two words", word="one", quoted='say "x"', whole=3, real=1.5, whole_real=2.0, flag=True, off=False,
        integers=np.array([1, 2, 3]), reals=np.array([1.5, -2.25, 1e-12]), flags=np.array([True, False]),
        matrix=np.array([[1, 2], [3, 4]]), words=["a", "b c"], table={"a": [1, 2.5], "b": "x"}, config_type="bulk",
    )
    slab.new_array("tag_values", np.array([7, 8, 9]))
    slab.new_array("charge_values", np.array([0.5, -0.25, 1 / 7]))
    slab.new_array("fixed_values", np.array([True, False, True]))
    forces = np.array([[1 / 3, 0, -1], [0.1, 0.2, 0.3], [1e-15, -2, 3]])
    stress = np.array([0.01, 0.02, 0.03, 0.004, 0.005, 0.006])
    slab.calc = SinglePointCalculator(slab, energy=-12.345678901234567, forces=forces, stress=stress)
    molecule = Atoms("H2", positions=[[0, 0, 0], [0, 0, 0.74]])
    write(path, [slab, molecule], format="extxyz")


if sys.argv[1] == "write":
    write_frames(sys.argv[2])
else:
    print(json.dumps([describe(atoms) for atoms in read(sys.argv[2], index=":", format="extxyz")]))
