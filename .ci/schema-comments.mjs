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
    const symbol = checker.getSymbolAtLocation(node);
    const origin = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const declaration = origin?.declarations?.find(ts.isVariableDeclaration);
    return declaration?.initializer && describedAs(declaration.initializer, checker);
  }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  if (node.expression.name.text === "describe") return textOf(node.arguments[0]);
  return describedAs(node.expression.expression, checker);
}

/** A text, or texts joined with `+`. */
function textOf(node) {
  if (ts.isStringLiteralLike(node)) return node.text;
  return ts.isBinaryExpression(node) ? `${textOf(node.left)}${textOf(node.right)}` : undefined;
}
