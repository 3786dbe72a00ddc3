import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  getNullableType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** How large an operation is, before it is executed. */
export interface Measure {
  /** The longest way from the root to a field. */
  readonly depth: number;
  /** How many fields are renamed, fragments counted at each use. */
  readonly aliases: number;
  /** How many things it may load at the most: lists multiply what is inside them. */
  readonly cost: number;
}

const NOTHING: Measure = { depth: 0, aliases: 0, cost: 0 };
const DEFAULT_PAGE = 20;
/** Of a connection: its own parts, which load nothing. */
const PLUMBING = new Set(['edges', 'node', 'nodes', 'pageInfo']);

/** Operations whose measure is the same whatever their variables are; Apollo keeps them, parsed, as long as they are asked again. */
const measuredOnce = new WeakMap<OperationDefinitionNode, Measure>();

/** Measures a validated operation, once where no page of it is as long as a variable says. */
export function measure(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Measure {
  const known = measuredOnce.get(operation);
  if (known) return known;
  const values = valuesOf(operation, variables);
  const measured = measureAnew(schema, document, operation, values);
  if (!values.asked) measuredOnce.set(operation, measured);
  return measured;
}

/**
 * Each fragment is measured once however often it is spread: a library that walks every
 * use takes exponential time on fragments that double, which validation allows.
 */
function measureAnew(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, values: Values): Measure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measured = new Map<string, Measure>();

  const ofFragment = (name: string): Measure => {
    const known = measured.get(name);
    if (known) return known;
    const fragment = fragments.get(name);
    const found = fragment ? ofSelection(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value)) : NOTHING;
    measured.set(name, found);
    return found;
  };

  const ofField = (field: FieldNode, parent: GraphQLNamedType | undefined): Measure => {
    const declared = fieldType(schema, parent, field.name.value);
    const type = declared && getNamedType(declared);
    const inside = field.selectionSet ? ofSelection(field.selectionSet, type) : NOTHING;
    const own = PLUMBING.has(field.name.value) || !isCompositeType(type) ? 0 : 1;
    const times = type?.name.endsWith('Connection') === true ? pageSize(field, values) : own === 1 && isMany(declared) ? DEFAULT_PAGE : 1;
    return {
      depth: inside.depth + 1,
      aliases: inside.aliases + (field.alias ? 1 : 0),
      cost: own + times * inside.cost + (times > 1 ? times : 0),
    };
  };

  const ofSelection = (selection: SelectionSetNode, parent: GraphQLNamedType | undefined): Measure => {
    const parts = selection.selections.map((part) => {
      if (part.kind === Kind.FIELD) return ofField(part, parent);
      if (part.kind === Kind.FRAGMENT_SPREAD) return ofFragment(part.name.value);
      return ofSelection(part.selectionSet, part.typeCondition ? schema.getType(part.typeCondition.name.value) : parent);
    });
    return {
      depth: Math.max(0, ...parts.map(({ depth }) => depth)),
      aliases: parts.reduce((sum, { aliases }) => sum + aliases, 0),
      cost: parts.reduce((sum, { cost }) => sum + cost, 0),
    };
  };

  return ofSelection(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined);
}

function fieldType(schema: GraphQLSchema, parent: GraphQLNamedType | undefined, name: string): GraphQLOutputType | undefined {
  if (name === '__schema') return schema.getType('__Schema') as GraphQLOutputType;
  if (name === '__type') return schema.getType('__Type') as GraphQLOutputType;
  const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
  return field?.type;
}

/** A list that has no pages holds as much as the tenant has put into it; the schema's own lists load nothing. */
const isMany = (type: GraphQLOutputType | undefined): boolean =>
  type !== undefined && isListType(getNullableType(type)) && !isIntrospectionType(getNamedType(type));

/** What the operation's variables are, and whether a page was as long as one of them says. */
interface Values {
  readonly byName: ReadonlyMap<string, unknown>;
  asked: boolean;
}

/** The operation's own defaults included: a size that is a default is a size. */
function valuesOf({ variableDefinitions = [] }: OperationDefinitionNode, given: Readonly<Record<string, unknown>>): Values {
  const byName = new Map(
    variableDefinitions.map(({ variable: { name }, defaultValue }) => {
      const size = defaultValue?.kind === Kind.INT ? Number(defaultValue.value) : undefined;
      return [name.value, Object.hasOwn(given, name.value) ? given[name.value] : size];
    }),
  );
  return { byName, asked: false };
}

function pageSize(field: FieldNode, values: Values): number {
  const value = field.arguments?.find(({ name }) => name.value === 'first')?.value;
  if (value?.kind === Kind.VARIABLE) values.asked = true;
  const first =
    value?.kind === Kind.INT ? Number(value.value) : value?.kind === Kind.VARIABLE ? values.byName.get(value.name.value) : undefined;
  return typeof first === 'number' && first > 0 ? first : DEFAULT_PAGE;
}
