// What Cesium makes of a CZML file: places at epochs and in axes as asked, as JSON. NODE_PATH or the folder CESIUM holds node_modules/cesium.
//     node cesium.mjs FILE.czml ASKED.json      ASKED: [[id, "2024-05-03T10:00:00Z", "INERTIAL"], ...]
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

for (const name of ["Image", "HTMLCanvasElement", "HTMLElement", "HTMLImageElement", "HTMLVideoElement", "ImageBitmap", "OffscreenCanvas"]) {
  globalThis[name] ??= class {}; // Cesium asks whether a value is one of these; there is no browser here
}
const require = createRequire(path.join(path.resolve(process.env.CESIUM), "here.js"));
const Cesium = await import(require.resolve("cesium").replace(/index\.cjs$/, "Source/Cesium.js"));
const scene = await Cesium.CzmlDataSource.load(JSON.parse(fs.readFileSync(process.argv[2])));
const asked = JSON.parse(fs.readFileSync(process.argv[3]));
const found = asked.map(([id, utc, frame]) => {
  const at = Cesium.JulianDate.fromIso8601(utc);
  const r = scene.entities.getById(id).position.getValueInReferenceFrame(at, Cesium.ReferenceFrame[frame]);
  return r ? [r.x, r.y, r.z] : null;
});
console.log(JSON.stringify({ name: scene.name, ids: scene.entities.values.map((entity) => entity.id), found }));
