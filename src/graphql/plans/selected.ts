import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

export type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

/** The fragments of a document, by name. */
export function fragmentsOf({ definitions }: DocumentNode): Fragments {
  const fragments = Object.create(null) as Record<string, FragmentDefinitionNode>;
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  return fragments;
}

/** Whether what is selected may differ from one request to the next: anything in the document is @skip or @include. */
export function hasDirectives(document: DocumentNode): boolean {
  let has = false;
  visit(document, {
    [Kind.DIRECTIVE]() {
      has = true;
    },
  });
  return has;
}

/** The fields that are selected of an object, by the key under which they are answered, in the order of the answer. */
export function selected(
  schema: GraphQLSchema,
  fragments: Fragments,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): ReadonlyMap<string, readonly FieldNode[]> {
  const found = new Map<string, FieldNode[]>();
  const spread = new Set<string>();

  const applies = (condition: string | undefined): boolean => {
    if (condition === undefined || condition === type.name) return true;
    const named = schema.getType(condition);
    return isAbstractType(named) && schema.isSubType(named, type);
  };
  const collect = (part: SelectionNode): void => {
    if (part.kind === Kind.FIELD) {
      const key = (part.alias ?? part.name).value;
      const nodes = found.get(key);
      if (nodes) nodes.push(part);
      else found.set(key, [part]);
    } else if (part.kind === Kind.INLINE_FRAGMENT) {
      if (applies(part.typeCondition?.name.value)) part.selectionSet.selections.forEach(collect);
    } else if (!spread.has(part.name.value)) {
      // Once for the whole set, as GraphQL has it, also where it is spread again further down.
      spread.add(part.name.value);
      const fragment = fragments[part.name.value];
      if (fragment && applies(fragment.typeCondition.name.value)) fragment.selectionSet.selections.forEach(collect);
    }
  };
  for (const { selections } of sets) selections.forEach(collect);
  return found;
}
