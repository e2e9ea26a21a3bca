/** What the columns of new rows are for, by what a model says of its own. */

import type { Frame, Roles } from "./frame.ts";
import { findRoles } from "./roles.ts";
import type { TablePreprocessing } from "./table/preprocessing.ts";

/** The roles of columns that a fitted table takes in; those of names and classes are found. */
export function rolesLike(
  frame: Frame,
  preprocessing: TablePreprocessing,
  label?: string | false,
): Roles {
  const { inputs } = preprocessing;
  const columns = inputs.map(({ column }) => column);
  const categorical = inputs.filter(({ as }) => as === "category").map(({ column }) => column);
  const id = idLike(frame, preprocessing, label);
  const roles = findRoles(frame, { columns, categorical, label, id });
  // What the model takes in is no class, unless somebody says so.
  const input = label === undefined && columns.includes(roles.label!);
  return { ...roles, label: input ? undefined : roles.label };
}

/** The model's column of names, where new rows have it; undefined if it is to be found. */
export function idLike(
  { columns }: Frame,
  { id }: { readonly id?: string },
  label?: string | false,
): string | undefined {
  return id !== label && columns.some(({ name }) => name === id) ? id : undefined;
}
