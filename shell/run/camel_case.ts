/** `refine-rate` as `refineRate`. */
export function camelCase(name: string): string {
  return name.replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase());
}
