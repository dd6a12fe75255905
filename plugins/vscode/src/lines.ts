/** Passes on whole lines of what comes in arbitrary pieces. */
export function byLine(onLine: (line: string) => void): (piece: string) => void {
  let begun: string[] = [];
  return (piece) => {
    const [first = "", ...others] = piece.split("\n");
    begun.push(first);
    for (const next of others) {
      onLine(begun.join(""));
      begun = [next];
    }
  };
}
