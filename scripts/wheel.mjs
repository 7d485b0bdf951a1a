// Builds the Python wheel: bundles the built JavaScript into one file that travels inside the
// package, and lets pip build. Needs dist/ (npm run build) and a Python with pip.
//
//   node scripts/wheel.mjs [FOLDER]   FOLDER/taskprov-VERSION-py3-none-any.whl (python/dist)
//   node scripts/wheel.mjs --bundle   only python/taskprov/_javascript, for `pip install ./python`
//
// TASKPROV_PYTHON chooses the Python. Where it has hatchling, nothing is fetched.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = path.resolve(import.meta.dirname, "..");
const dist = path.join(root, "dist");
const [argument = path.join(root, "python", "dist")] = process.argv.slice(2);
const isBundleOnly = argument === "--bundle";
// A wheel is built from a copy, so that the checkout stays as it is.
const stage = isBundleOnly
  ? path.join(root, "python")
  : mkdtempSync(path.join(tmpdir(), "taskprov-wheel-"));
const target = path.join(stage, "taskprov", "_javascript");
const require = createRequire(import.meta.url);

// Drawing and kernels need native or large packages, which `npm` brings; commands that want them
// say that they are missing.
const external = [
  "@hpcc-js/wasm-graphviz",
  "@resvg/resvg-wasm",
  "dejavu-fonts-ttf",
  "playwright-core",
  "zeromq",
];

/** Modules ask for files beside them: each keeps the address it would have in the npm package. */
const ownAddresses = {
  name: "own-addresses",
  setup(bundle) {
    bundle.onLoad({ filter: /\.js$/ }, ({ path: file }) => {
      if (!file.startsWith(dist + path.sep)) return undefined;
      const place = path.relative(root, file).split(path.sep).join("/");
      const contents = readFileSync(file, "utf8").replaceAll(
        "import.meta.url",
        `taskprovAddress(${JSON.stringify(place)})`,
      );
      return { contents, loader: "js" };
    });
  },
};

/** The TypeScript compiler would be most of the wheel. */
const withoutCompiler = {
  name: "without-compiler",
  setup(bundle) {
    bundle.onResolve({ filter: /^(?:@typescript-eslint\/typescript-estree|typescript)$/ }, () => ({
      path: "compiler",
      namespace: "left-out",
    }));
    bundle.onLoad({ filter: /.*/, namespace: "left-out" }, () => ({
      resolveDir: root,
      contents: [
        "const fail = () => { throw new Error('the Python package is without the TypeScript compiler; use the npm package: npx taskprov'); };",
        "export default new Proxy({}, { get: fail });",
        "export const parse = fail;",
        "export const simpleTraverse = fail;",
      ].join("\n"),
    }));
  },
};

const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
if (!existsSync(path.join(dist, "cli", "main.js"))) {
  throw new Error("dist/ is missing: run `npm run build` first.");
}
if (!isBundleOnly) {
  cpSync(path.join(root, "python"), stage, {
    recursive: true,
    filter: (file) => !/[\\/](?:_javascript|__pycache__|dist)$/.test(file),
  });
}
rmSync(target, { recursive: true, force: true });
mkdirSync(path.join(target, "dist", "notebook"), { recursive: true });
const { metafile } = await build({
  entryPoints: [path.join(dist, "cli", "main.js")],
  outfile: path.join(target, "taskprov.mjs"),
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  minify: true,
  keepNames: true,
  legalComments: "none",
  metafile: true,
  external,
  plugins: [ownAddresses, withoutCompiler],
  banner: {
    js: [
      'import { createRequire as taskprovRequire } from "node:module";',
      "const require = taskprovRequire(import.meta.url);",
      "const taskprovAddress = (place) => new URL(place, import.meta.url).href;",
    ].join("\n"),
  },
});
writeFileSync(
  path.join(target, "package.json"),
  `${JSON.stringify({ name: "taskprov", version, type: "module", private: true }, null, 2)}\n`,
);
copyFiles();
await linkPage();
writeFileSync(path.join(target, "THIRD-PARTY-LICENSES.txt"), licenses(metafile));
if (!isBundleOnly) {
  buildWheel();
  rmSync(stage, { recursive: true, force: true });
}

/** What the bundle reads at run time. */
function copyFiles() {
  const grammar = path.join("dist", "notebook", "tree-sitter-python.wasm");
  cpSync(path.join(root, grammar), path.join(target, grammar));
  const treeSitter = path.dirname(require.resolve("web-tree-sitter"));
  cpSync(path.join(treeSitter, "web-tree-sitter.wasm"), path.join(target, "web-tree-sitter.wasm"));
  for (const file of ["schemas", "LICENSE", "NOTICE"]) {
    cpSync(path.join(root, file), path.join(target, file), { recursive: true });
  }
}

/** The report's program, which a browser runs, as the one file that the bundle reads. */
async function linkPage() {
  const place = path.join(dist, "report", "page-scripts.js");
  const { linkScripts, pageEntry, readScript } = await import(pathToFileURL(place).href);
  const page = path.join(target, "dist", "report", "page");
  mkdirSync(page, { recursive: true });
  writeFileSync(path.join(page, "main.js"), linkScripts(pageEntry, readScript));
}

/** The licences of the packages whose code is in the bundle. */
function licenses({ inputs }) {
  const folders = new Set([path.join("node_modules", "@vscode", "tree-sitter-wasm")]);
  for (const input of Object.keys(inputs)) {
    const found = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
    if (found !== null) folders.add(found[0]);
  }
  return [...folders]
    .sort((a, b) => (a < b ? -1 : 1))
    .map(licenseOf)
    .join("\n");
}

function licenseOf(folder) {
  const place = path.resolve(root, folder);
  const {
    name,
    version: its,
    license,
  } = JSON.parse(readFileSync(path.join(place, "package.json"), "utf8"));
  const texts = readdirSync(place)
    .filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file))
    .map((file) => readFileSync(path.join(place, file), "utf8").trim());
  return `${"=".repeat(80)}\n${name} ${its} (${license})\n\n${texts.join("\n\n")}\n`;
}

function buildWheel() {
  const python = process.env.TASKPROV_PYTHON ?? "python3";
  const args = ["-m", "pip", "wheel", "--quiet", "--no-deps"];
  const hasBackend = spawnSync(python, ["-c", "import hatchling"]).status === 0;
  if (hasBackend) args.push("--no-build-isolation");
  args.push("--wheel-dir", path.resolve(argument), stage);
  const built = spawnSync(python, args, { stdio: "inherit" });
  if (built.error !== undefined) throw built.error;
  process.exitCode = built.status ?? 1;
}
