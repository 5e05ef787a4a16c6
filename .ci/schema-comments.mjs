// TypeDoc plugin: what a schema says of a key with `.describe("…")` is the key's documentation on the API pages, too, so that it is written once.
// The members that `z.enum` makes of its values stand nowhere in the sources and so have no place for a docstring: they are not asked for one.
import { Comment, Converter } from "typedoc";
import ts from "typescript";

export function load(app) {
  const values = [];
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    const symbol = context.getSymbolFromReflection(reflection);
    if (!symbol) return;
    if (!symbol.declarations?.length) values.push(reflection);
    if (reflection.comment) return;
    const key = symbol.declarations?.find(ts.isPropertyAssignment);
    const text = key && describedAs(key.initializer, context.checker);
    if (text) reflection.comment = new Comment([{ kind: "text", text }]);
  });
  app.converter.on(Converter.EVENT_END, () => {
    const allowed = app.options.getValue("intentionallyNotDocumented");
    app.options.setValue("intentionallyNotDocumented", [...allowed, ...values.map((value) => value.getFriendlyFullName())]);
  });
}

/** The text of the last `.describe` in a chain of calls, or of the schema that a name stands for. */
function describedAs(node, checker) {
  if (ts.isIdentifier(node)) {
    const value = valueOf(node, checker);
    return value && describedAs(value, checker);
  }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  if (node.expression.name.text === "describe") return textOf(node.arguments[0], checker);
  return describedAs(node.expression.expression, checker);
}

/** A text, texts joined with `+`, or what a name stands for. */
function textOf(node, checker) {
  if (ts.isStringLiteralLike(node)) return node.text;
  const value = ts.isIdentifier(node) && valueOf(node, checker);
  if (value) return textOf(value, checker);
  return ts.isBinaryExpression(node) ? `${textOf(node.left, checker)}${textOf(node.right, checker)}` : undefined;
}

/** What a name is declared as, here or in the module that it is imported from. */
function valueOf(name, checker) {
  const symbol = checker.getSymbolAtLocation(name);
  const origin = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return origin?.declarations?.find(ts.isVariableDeclaration)?.initializer;
}
