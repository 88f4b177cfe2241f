// What Cesium makes of a CZML file: places at epochs and in axes as asked, as JSON. The folder HERE holds node_modules/@cesium/engine.
//     node read.mjs HERE FILE.czml ASKED.json      ASKED: [[id, "2024-05-03T10:00:00Z", "INERTIAL"], ...]
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

for (const name of ["Image", "HTMLCanvasElement", "HTMLElement", "HTMLImageElement", "HTMLVideoElement", "ImageBitmap", "OffscreenCanvas"]) {
  globalThis[name] ??= class {}; // Cesium asks whether a value is one of these; there is no browser here
}
const [here, file, questions] = process.argv.slice(2);
const engine = path.join(path.resolve(here), "node_modules", "@cesium", "engine");
const Cesium = await import(pathToFileURL(path.join(engine, JSON.parse(fs.readFileSync(path.join(engine, "package.json"))).main)));
const scene = await Cesium.CzmlDataSource.load(JSON.parse(fs.readFileSync(file)));
const asked = JSON.parse(fs.readFileSync(questions));
const found = asked.map(([id, utc, frame]) => {
  const at = Cesium.JulianDate.fromIso8601(utc);
  const r = scene.entities.getById(id).position.getValueInReferenceFrame(at, Cesium.ReferenceFrame[frame]);
  return r ? [r.x, r.y, r.z] : null;
});
console.log(JSON.stringify({ name: scene.name, ids: scene.entities.values.map((entity) => entity.id), found }));
