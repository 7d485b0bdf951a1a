/** Runs the source in a namespace of its own and calls `make(settings)` of it. */
const evaluated =
  "lambda src,cfg:(lambda ns:(exec(compile(src,'<taskprov-bridge>','exec'),ns),ns['make'](cfg))[1])({'__name__':'taskprov_bridge'})";

/**
 * A pickle that makes an object out of Python source, wherever it is loaded: nothing has to be
 * installed there. Protocol 2, which every Python 3 reads.
 *
 * @param source - Python that defines `make(settings)`.
 * @param settings - the argument of `make`, JSON as a rule.
 */
export function pickleSource(source: string, settings: string): Buffer {
  return Buffer.concat([
    Buffer.from("\u0080\u0002", "latin1"), // PROTO 2
    Buffer.from("cbuiltins\neval\n", "latin1"), // GLOBAL builtins.eval
    unicode(evaluated),
    Buffer.from("\u0085R", "latin1"), // TUPLE1, REDUCE
    unicode(source),
    unicode(settings),
    Buffer.from("\u0086R.", "latin1"), // TUPLE2, REDUCE, STOP
  ]);
}

function unicode(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  const head = Buffer.alloc(5);
  head.write("X", "latin1");
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}
