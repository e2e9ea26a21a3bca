/** Files of folders that are chosen or dropped: where they lie tells their class and their split. */

/** A file by its place; the relative path that browsers keep does not reach a worker. */
function placed(file: File, path: string): File {
  return new File([file], path, { type: file.type });
}

/** A path below its first folder. */
function below(path: string): string {
  return path.split("/").slice(1).join("/");
}

/** Files of an input; those of a folder are named by their places in it. */
export function inFolders(files: Iterable<File>): File[] {
  return Array.from(
    files,
    (file) => file.webkitRelativePath ? placed(file, below(file.webkitRelativePath)) : file,
  );
}

/** What was dropped: files, and those in folders at any depth. */
export async function dropped({ items, files }: DataTransfer): Promise<File[]> {
  // Entries are gone after the first wait.
  const entries = Array.from(items, (item) => item.webkitGetAsEntry());
  if (entries.every((entry) => !entry?.isDirectory)) return [...files];
  const found = await Promise.all(entries.map((entry) => entry ? filesBelow(entry) : []));
  // Of one folder the name says nothing; several may be the classes.
  const name = entries.length === 1 ? below : (path: string) => path;
  return found.flat().map(({ file, path }) => placed(file, name(path)));
}

async function filesBelow(entry: FileSystemEntry): Promise<{ file: File; path: string }[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject)
    );
    return [{ file, path: entry.fullPath.slice(1) }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: FileSystemEntry[] = [];
  // It gives a hundred at a time.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (some.length === 0) break;
    found.push(...some);
  }
  return (await Promise.all(found.map(filesBelow))).flat();
}
