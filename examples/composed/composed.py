"""Composed potentials as `pestle export-composed` writes them, with numpy alone:
    energy, forces, stress = evaluate(json.load(open("model.json")), numbers, positions, cell, pbc)
in eV, eV/Å and eV/Å³ (positive when tensile; None without three periods), of atomic numbers, positions and rows of the cell in Å."""
import itertools
import numpy as np

def evaluate(model, numbers, positions, cell=np.zeros((3, 3)), pbc=False):
    x, cell = np.asarray(positions, float).reshape(-1, 3), np.asarray(cell, float)[np.broadcast_to(pbc, 3)]
    if not np.isin(numbers, model["species"]).all(): raise ValueError("the potential knows the elements %s only" % model["species"])
    species, n_species, radius = np.searchsorted(model["species"], numbers), len(model["species"]), model["cutoff"]["radius"]
    n_pairs, inverse, found = n_species * (n_species + 1) // 2, np.linalg.pinv(cell), []
    pair_of = np.array([[min(a, b) * (2 * n_species - min(a, b) - 1) // 2 + max(a, b) for a in range(n_species)] for b in range(n_species)])
    reach = np.ceil(radius * np.linalg.norm(inverse, axis=0) + np.ptp(x @ inverse, axis=0)).astype(int)
    for shift in itertools.product(*(range(-n, n + 1) for n in reach)):  # neighbors j of all atoms i
        d = x - x[:, None] + np.array(shift) @ cell
        i, j = np.nonzero(((d * d).sum(2) > 0) & ((d * d).sum(2) < radius**2))
        found.append(np.column_stack([i, j, d[i, j]]))
    (i, j), d = np.concatenate(found)[:, :2].T.astype(int), np.concatenate(found)[:, 2:]
    r = np.linalg.norm(d, axis=1)
    u, t, gradient = d / r[:, None], r / radius, np.zeros_like(d)  # of the energy, by the displacement of each pair
    f, df = {"poly4": lambda: ((1 - t * t) ** 4, -8 * t * (1 - t * t) ** 3), "bump": lambda: np.exp(1 - 1 / (1 - t * t)) * np.array([1 + 0 * t, -2 * t / (1 - t * t) ** 2]),
             "smoothstep7": lambda: (1 - 35 * t**4 + 84 * t**5 - 70 * t**6 + 20 * t**7, -140 * t**3 * (1 - t) ** 3)}[model["cutoff"]["function"]]()
    sum_at = lambda atoms, rows: np.array([np.bincount(atoms, column, len(x)) for column in rows.T]).T
    def radial(basis):  # functions and their derivatives, [nu][pair]
        a, one, cheb = basis.get("alpha", 0) * basis.get("beta", 1) ** np.arange(basis["size"])[:, None], np.eye(basis["size"]), np.polynomial.chebyshev
        if basis["radial"] == "gaussian": p, dp = np.exp(-a * r**2), -2 * a * r * np.exp(-a * r**2)
        else: p, dp = cheb.chebval(2 * t - 1, one), cheb.chebval(2 * t - 1, cheb.chebder(one)) * 2 / radius
        return f * p, df / radius * p + f * dp
    def two_body(basis):  # sums over neighbors, [atom][feature], and the function that takes their adjoints
        w = np.kron(np.eye(n_pairs), np.ones(basis["size"])) if basis.get("species") == "channels" else np.array(basis.get("weights", np.ones((n_pairs, basis["size"]))))
        value, slope = (w[pair_of[species[i], species[j]]] * np.tile(p.T, w.shape[1] // basis["size"]) for p in radial(basis))
        return sum_at(i, value), lambda g: np.add(gradient, (g[i] * slope).sum(1)[:, None] * u, out=gradient)
    def three_body(basis):  # the same over pairs p, q of neighbors
        p, q = np.concatenate([own[np.array(np.triu_indices(len(own), 1))] for own in (np.flatnonzero(i == atom) for atom in range(len(x)))], axis=1)
        w = np.array(basis.get("weights", np.ones(n_species * n_pairs)))[species[i[p]] * n_pairs + pair_of[species[j[p]], species[j[q]]]]
        (phi, dphi), (nu, mu), cos, one, leg = radial(basis), np.triu_indices(basis["size"]), (u[p] * u[q]).sum(1), np.eye(max(basis["degrees"]) + 1), np.polynomial.legendre
        angular, d_angular = leg.legval(cos, one)[basis["degrees"]], leg.legval(cos, leg.legder(one))[basis["degrees"]]
        product = lambda a, b: ((a[nu][:, p] * b[mu][:, q] + a[mu][:, p] * b[nu][:, q]) / 2)[:, None]
        def backward(g):
            g = (g[i[p]].T * w).reshape(len(nu), len(basis["degrees"]), len(p))
            by_p, by_q, by_cos = ((g * part).sum((0, 1))[:, None] for part in (product(dphi, phi) * angular, product(phi, dphi) * angular, product(phi, phi) * d_angular))
            np.add.at(gradient, p, by_p * u[p] + by_cos * (u[q] - cos[:, None] * u[p]) / r[p][:, None])
            np.add.at(gradient, q, by_q * u[q] + by_cos * (u[p] - cos[:, None] * u[q]) / r[q][:, None])
        return sum_at(i[p], (w * product(phi, phi) * angular).reshape(len(nu) * len(basis["degrees"]), len(p)).T), backward
    def site_energies(node):  # and the function that takes their adjoints
        shift, c, xi, of_neighbors = np.array(node.get("shift", [0] * n_species))[species], np.array(node.get("c")), np.array(node.get("xi")), node["op"] == "neighborExp"
        if node["op"] in ("sum", "product"):
            (a, back_a), (b, back_b) = site_energies(node["left"]), site_energies(node["right"])
            return (a + b + shift, lambda g: (back_a(g), back_b(g))) if node["op"] == "sum" else (a * b + shift, lambda g: (back_a(g * b), back_b(g * a)))
        phi, back = (two_body if model["bases"][node["basis"]]["body"] == 2 else three_body)(model["bases"][node["basis"]])
        if node["op"] == "linear": return phi @ c + shift, lambda g: back(np.outer(g, c))
        h = c * np.exp(xi * (sum_at(i, f[:, None] * phi[j]) if of_neighbors else phi)[:, :, None])
        def backward(g):
            g = g[:, None] * (xi * h).sum(2)
            if of_neighbors: gradient[:] += (df / radius * (g[i] * phi[j]).sum(1))[:, None] * u
            back(sum_at(j, f[:, None] * g[i]) if of_neighbors else g)
        return h.sum((1, 2)) + shift, backward
    energies, backward = site_energies(model["tree"])
    backward(np.ones(len(x)))
    return energies.sum(), sum_at(i, gradient) - sum_at(j, gradient), d.T @ gradient / abs(np.linalg.det(cell)) if len(cell) == 3 else None
