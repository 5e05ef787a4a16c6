import type { Rule } from "eslint";

export declare const expectRule: Rule.RuleModule;
