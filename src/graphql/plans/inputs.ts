import {
  type FieldNode,
  getArgumentValues,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromAST,
} from 'graphql';

export type Values = Readonly<Record<string, unknown>>;
type Field = ReturnType<GraphQLObjectType['getFields']>[string];

/** What stands for a value that is not right: graphql-js finds out what is wrong with it, and says it. */
const WRONG = Symbol('wrong');
/** Reads a value that came as JSON. */
type Coerce = (value: unknown) => unknown;

/** How the variables of an operation are read; null where one is not right. Null as a whole: it has one that no object simply holds. */
export function variablesOf(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): ((given: Values) => Values | null) | null {
  const reads = variableDefinitions.map(({ variable: { name }, type: node, defaultValue }) => {
    const type = typeFromAST(schema, node);
    return isInputType(type) && name.value !== '__proto__' ? { name: name.value, type, defaultValue, coerce: coercion(type) } : null;
  });
  if (!reads.every((read) => read !== null)) return null;
  return (given) => {
    const values: Record<string, unknown> = {};
    for (const { name, type, defaultValue, coerce } of reads) {
      if (Object.hasOwn(given, name)) {
        const value = coerce(given[name]);
        if (value === WRONG) return null;
        values[name] = value;
      } else if (defaultValue) values[name] = valueFromAST(defaultValue, type);
      else if (isNonNullType(type)) return null;
    }
    return values;
  };
}

/** How the arguments of a field are read from the variables; throws what graphql-js throws. */
export function argumentsOf(field: Field, node: FieldNode): (variables: Values) => Record<string, unknown> {
  const reads = field.args.map(({ name, type }) => {
    const value = node.arguments?.find((each) => each.name.value === name)?.value;
    return value?.kind === Kind.VARIABLE ? { name, variable: value.name.value, required: isNonNullType(type) } : null;
  });
  const bySteps = (variables: Values): Record<string, unknown> => getArgumentValues(field, node, variables);
  if (!reads.every((read) => read !== null)) return bySteps;
  return (variables) => {
    const values: Record<string, unknown> = {};
    for (const { name, variable, required } of reads) {
      const value = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
      if (value === undefined || (value === null && required)) return bySteps(variables);
      values[name] = value;
    }
    return values;
  };
}

const coercions = new WeakMap<GraphQLInputType, Coerce>();

/** How values of a type are read, by the rules of GraphQL for variables (section 3.10), as graphql-js does it. */
function coercion(type: GraphQLInputType): Coerce {
  let coerce = coercions.get(type);
  if (!coerce) {
    coerce = coercionAnew(type);
    coercions.set(type, coerce);
  }
  return coerce;
}

function coercionAnew(type: GraphQLInputType): Coerce {
  if (isNonNullType(type)) {
    const coerce = coercion(type.ofType);
    return (value) => (value === null || value === undefined ? WRONG : coerce(value));
  }
  const coerce = isListType(type)
    ? eachOf(coercion(type.ofType))
    : isInputObjectType(type)
      ? objectOf(type)
      : leaf((value) => type.parseValue(value));
  return (value) => (value === null || value === undefined ? null : coerce(value));
}

const leaf =
  (parse: (value: unknown) => unknown): Coerce =>
  (value) => {
    try {
      const parsed = parse(value);
      return parsed === undefined ? WRONG : parsed;
    } catch {
      return WRONG;
    }
  };

/** One value stands for a list of it. */
const eachOf =
  (coerce: Coerce): Coerce =>
  (value) => {
    const list = (Array.isArray(value) ? (value as unknown[]) : [value]).map((each) => coerce(each));
    return list.includes(WRONG) ? WRONG : list;
  };

function objectOf(type: Extract<GraphQLInputType, { getFields: unknown }>): Coerce {
  const fields = Object.values(type.getFields());
  const names = new Set(fields.map(({ name }) => name));
  // What an input refers to may refer to it: its fields are looked at when the first value comes.
  let reads:
    readonly { readonly name: string; readonly coerce: Coerce; readonly byDefault: unknown; readonly required: boolean }[] | undefined;
  return (value) => {
    if (type.isOneOf || typeof value !== 'object' || Array.isArray(value)) return WRONG;
    reads ??= fields.map(({ name, type: of, defaultValue }) => ({
      name,
      coerce: coercion(of),
      byDefault: defaultValue,
      required: isNonNullType(of),
    }));
    const given = value as Values;
    const object: Record<string, unknown> = {};
    for (const { name, coerce, byDefault, required } of reads) {
      const each = given[name];
      if (each === undefined) {
        if (byDefault !== undefined) object[name] = byDefault;
        else if (required) return WRONG;
        continue;
      }
      const coerced = coerce(each);
      if (coerced === WRONG) return WRONG;
      object[name] = coerced;
    }
    for (const name of Object.keys(given)) if (!names.has(name)) return WRONG;
    return object;
  };
}
