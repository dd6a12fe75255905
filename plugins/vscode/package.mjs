// Makes opencredits.vsix of what belongs into it, put together in dist/package. The address of the repository stands in
// pyproject.toml alone, and joins the manifest here.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = "../..";
const STAGE = "dist/package";
const IN_REPOSITORY = "plugins/vscode";

const project = readFileSync(`${ROOT}/pyproject.toml`, "utf8");
const address = (name) => {
  const found = new RegExp(`^${name} = "(.+)"$`, "m").exec(project);
  if (!found) throw new Error(`pyproject.toml has no ${name} in [project.urls].`);
  return found[1];
};
const repository = address("Repository");

rmSync(STAGE, { recursive: true, force: true });
mkdirSync(STAGE, { recursive: true });
for (const part of ["README.md", "dist/extension.js", "media"])
  cpSync(part, `${STAGE}/${part}`, { recursive: true });
cpSync(`${ROOT}/LICENSE`, `${STAGE}/LICENSE`);

const {
  devDependencies: _,
  scripts: __,
  private: ___,
  ...manifest
} = JSON.parse(readFileSync("package.json", "utf8"));
manifest.repository = { type: "git", url: repository, directory: IN_REPOSITORY };
manifest.bugs = { url: address("Issues") };
writeFileSync(`${STAGE}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const links = ["--baseContentUrl", `${repository}/blob/HEAD/${IN_REPOSITORY}`];
const images = ["--baseImagesUrl", `${repository}/raw/HEAD/${IN_REPOSITORY}`];
const to = ["--out", here("opencredits.vsix")];
execFileSync(
  process.execPath,
  [here("node_modules/@vscode/vsce/vsce"), "package", "--no-dependencies", ...to, ...links, ...images],
  { cwd: STAGE, stdio: "inherit" },
);
