// Families of potentials that the recipe tries: a tune file each, and what makes the final potential larger than those of the search.
export const families = [
  { key: "snap", title: "SNAP, 2J = 8", final: [] },
  { key: "qsnap", title: "quadratic SNAP, 2J = 8", final: ["model.terms[0].descriptor.twoJMax=8"] },
  { key: "ace-3", title: "ACE of order 3", final: ["model.terms[0].descriptor.degree=[28,24,20]"] },
  { key: "ace-4", title: "ACE of order 4", final: ["model.terms[0].descriptor.degree=[25,21,18,16]"] },
  { key: "gap", title: "GAP on soap_turbo, 1000 sparse points", final: ["model.terms[0].sparse.count=1000"] },
];
