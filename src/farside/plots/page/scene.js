(() => {
  "use strict";
  const told = JSON.parse(document.getElementById("scene-data").textContent);
  const button = document.getElementById("scene-open");
  const state = document.getElementById("scene-state");
  const place = document.getElementById("scenes");
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

  async function library() {
    const packed = Uint8Array.from(atob(document.getElementById("scene-library").textContent.trim()), (c) => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.head.append(script);
  }

  function sphere(body) {
    const rows = 49, columns = 73, x = [], y = [], z = [];
    for (let i = 0; i < rows; i++) {
      const north = Math.PI * (i / (rows - 1) - 0.5), ring = body.radius * Math.cos(north);
      x.push([]); y.push([]); z.push([]);
      for (let j = 0; j < columns; j++) {
        const east = (2 * Math.PI * j) / (columns - 1);
        x[i].push(ring * Math.cos(east)); y[i].push(ring * Math.sin(east)); z[i].push(body.radius * Math.sin(north));
      }
    }
    const flat = [[0, colour(body.colour)], [1, colour(body.colour)]];
    const lighting = { ambient: 0.85, diffuse: 0.3, specular: 0.02 };
    return { type: "surface", x, y, z, colorscale: flat, showscale: false, hoverinfo: "name", name: body.name, lighting };
  }

  const chapter = (view, at) => {
    const end = view.steps.ends.find((e) => at < e), number = view.steps.ends.indexOf(end);
    return [number ? view.steps.ends[number - 1] : 0, end];
  };
  const part = (mover, from, to) => ({ x: mover.x.slice(from, to), y: mover.y.slice(from, to), z: mover.z.slice(from, to) });

  function traces(view, at) {
    const [from, to] = chapter(view, at), out = view.bodies.map(sphere);
    for (const mover of view.movers) {
      const line = { type: "scatter3d", mode: "lines", hoverinfo: "skip", showlegend: false };
      out.push({ ...line, ...part(mover, from, to), opacity: 0.35, line: { color: colour(mover.colour), width: 2 } });
      out.push({ ...line, ...part(mover, from, at + 1), line: { color: colour(mover.colour), width: 5 } });
      out.push({
        type: "scatter3d", mode: "markers+text", ...part(mover, at, at + 1), text: [mover.name], textposition: mover.name === "Moon" || mover.name === "site" ? "bottom center" : "top center",
        textfont: { color: colour(mover.colour), size: 12 }, marker: { color: colour(mover.colour), size: 4 }, hoverinfo: "text", showlegend: false,
      });
    }
    return out;
  }

  function reach(view, at) {
    const [from, to] = chapter(view, at);
    let most = 1.2 * view.bodies[0].radius;
    for (const mover of view.movers)
      for (const axis of [mover.x, mover.y, mover.z])
        for (const value of axis.slice(from, to)) if (value !== null) most = Math.max(most, 1.05 * Math.abs(value));
    return most;
  }

  function layout(view, at) {
    const most = reach(view, at);
    const axis = {
      title: { text: "" }, range: [-most, most], nticks: 5, color: colour("soft"), gridcolor: colour("faint"), zerolinecolor: colour("faint"),
      showbackground: false, showspikes: false, tickfont: { size: 10 },
    };
    return {
      margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: "rgba(0,0,0,0)", uirevision: "kept", font: { color: colour("ink") },
      scene: { aspectmode: "cube", xaxis: axis, yaxis: axis, zaxis: axis, camera: { eye: { x: 0.15, y: -0.85, z: 1.15 } }, dragmode: "orbit" },
    };
  }

  function build(view) {
    const figure = document.createElement("figure"), head = document.createElement("h3"), plot = document.createElement("div");
    const row = document.createElement("div"), play = document.createElement("button"), slider = document.createElement("input");
    const said = document.createElement("output");
    head.textContent = view.title; plot.className = "scene"; plot.id = view.name; row.className = "slider"; play.type = "button";
    play.textContent = "Play"; slider.type = "range"; slider.min = 0; slider.max = view.steps.utc.length - 1; slider.value = 0;
    slider.setAttribute("aria-label", "time, " + view.title);
    row.append(play, slider); figure.append(head, plot, row, said); place.append(figure);
    const show = () => {
      const at = Number(slider.value), event = view.steps.event[at];
      said.textContent = view.steps.utc[at] + " UTC" + (event < 0 ? "" : ", after " + view.steps.names[event]);
      return Plotly.react(plot, traces(view, at), layout(view, at), { displaylogo: false, displayModeBar: false, responsive: true });
    };
    let waiting = false, playing = 0;
    const soon = () => { if (!waiting) { waiting = true; requestAnimationFrame(() => { waiting = false; show(); }); } };
    slider.addEventListener("input", soon);
    play.addEventListener("click", () => {
      if (playing) { clearInterval(playing); playing = 0; play.textContent = "Play"; return; }
      if (Number(slider.value) >= Number(slider.max)) slider.value = 0;
      play.textContent = "Stop";
      playing = setInterval(() => {
        slider.value = Number(slider.value) + 1; soon();
        if (Number(slider.value) >= Number(slider.max)) play.click();
      }, 60);
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", soon);
    return show();
  }

  button.addEventListener("click", async () => {
    button.disabled = true; state.textContent = "unpacking ...";
    try {
      await library();
      for (const view of told.views) await build(view);
      button.hidden = true; state.textContent = "";
    } catch (error) {
      state.textContent = "This browser cannot show them: it needs WebGL and DecompressionStream (" + error + ").";
    }
  });
  button.disabled = false;
})();
