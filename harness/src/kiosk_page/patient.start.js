async function start() {
  tongues();
  try { await catalogue(); } catch (error) { if (error instanceof Refused) return setTimeout(start, 2000); throw error; }
  let first = true;
  await follow((now) => { announce(["", ""]); draw(now, first); first = false; }, ({ title_ja, title, detail_ja, detail }) => { $("glass").className = "glass end sys"; glass("end sys", [title_ja, title], picture("mind", "sys"), line([detail_ja, detail])); });
}
start();
