// Lint rule for tests: an assertion that cannot fail. Two promises are always equal, and `expect(value)` alone asserts nothing.

/** Whether a type, or a member of it, is a promise or a list of promises. */
function holdsPromise(checker, type, seen = new Set()) {
  if (seen.has(type)) return false; // lists of themselves, as JSON has them
  seen.add(type);
  if (type.isUnionOrIntersection()) return type.types.some((member) => holdsPromise(checker, member, seen));
  const then = type.getProperty("then");
  if (then && checker.getTypeOfSymbol(then).getCallSignatures().length > 0) return true;
  if (!checker.isTupleType(type) && !checker.isArrayType(type)) return false;
  return checker.getTypeArguments(type).some((element) => holdsPromise(checker, element, seen));
}

/** The call of a matcher at the end of `expect(…).not.toBe`, and the names on the way; no call where nothing is asserted. */
function chainOf(node) {
  const names = [];
  let top = node;
  while (top.parent.type === "MemberExpression" && top.parent.object === top) {
    top = top.parent;
    names.push(top.property.name);
  }
  const isCalled = top !== node && top.parent.type === "CallExpression" && top.parent.callee === top;
  return { names, call: isCalled ? top.parent : undefined };
}

function isExpect({ callee }) {
  if (callee.type === "Identifier") return callee.name === "expect";
  return callee.type === "MemberExpression" && callee.object.name === "expect" && callee.property.name === "soft";
}

export const expectRule = {
  meta: {
    type: "problem",
    schema: [],
    messages: {
      promise: "a promise is compared, not its value: await it, or use .resolves or .rejects",
      asynchronous: "an asynchronous function throws nothing: use .rejects",
      nothing: "expect(…) without a call of a matcher asserts nothing",
    },
  },
  create(context) {
    const { esTreeNodeToTSNodeMap, program } = context.sourceCode.parserServices;
    const checker = program.getTypeChecker();
    const typeOf = (node) => checker.getTypeAtLocation(esTreeNodeToTSNodeMap.get(node));
    const isPromise = (node) => holdsPromise(checker, typeOf(node));
    const givesPromise = (node) =>
      typeOf(node)
        .getCallSignatures()
        .some((signature) => holdsPromise(checker, signature.getReturnType()));
    return {
      CallExpression(node) {
        if (!isExpect(node)) return;
        const { names, call } = chainOf(node);
        if (!call) return context.report({ node, messageId: "nothing" });
        const isAwaited = names.includes("resolves") || names.includes("rejects");
        const compared = [...(isAwaited ? [] : node.arguments.slice(0, 1)), ...call.arguments];
        if (!isAwaited && names.at(-1).startsWith("toThrow") && node.arguments.some(givesPromise)) context.report({ node, messageId: "asynchronous" });
        for (const argument of compared) if (isPromise(argument)) context.report({ node: argument, messageId: "promise" });
      },
    };
  },
};
