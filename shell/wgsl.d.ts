/** WGSL files are imported as text. */
declare module "*.wgsl" {
  const text: string;
  export default text;
}
