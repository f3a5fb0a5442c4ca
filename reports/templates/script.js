"use strict";
(function () {
  var root = document.documentElement;
  function speak(lang) {
    root.dataset.lang = lang;
    root.lang = lang;
    document.querySelectorAll("[data-lang]").forEach(function (b) {
      if (b !== root) b.setAttribute("aria-pressed", String(b.dataset.lang === lang));
    });
  }
  root.classList.add("has-js");
  var lang = (navigator.language || "ja").toLowerCase().indexOf("ja") === 0 ? "ja" : "en";
  speak(lang);

  document.addEventListener("DOMContentLoaded", function () {
    var cases = Array.from(document.querySelectorAll("details.case"));
    var search = document.getElementById("q");
    var said = document.getElementById("n");
    var wanted = new Set();
    var words = cases.map(function (c) {
      return (c.querySelector("summary").textContent + " " + c.dataset.q).toLowerCase();
    });
    speak(root.dataset.lang);
    document.querySelectorAll(".lang button").forEach(function (b) {
      b.addEventListener("click", function () { speak(b.dataset.lang); });
    });

    function filter() {
      var terms = search.value.toLowerCase().split(/[\s\u3000]+/).filter(Boolean);
      var shown = 0;
      cases.forEach(function (c, i) {
        var fits = (!wanted.size || wanted.has(c.dataset.v)) &&
          terms.every(function (t) { return words[i].indexOf(t) >= 0; });
        c.hidden = !fits;
        if (fits) shown += 1;
      });
      document.querySelectorAll("section.area").forEach(function (a) {
        a.hidden = !a.querySelector("details.case:not([hidden])");
      });
      said.textContent = shown === cases.length ? "" : shown + " / " + cases.length;
    }
    search.addEventListener("input", filter);
    document.querySelectorAll("[data-f]").forEach(function (b) {
      b.addEventListener("click", function () {
        var on = b.getAttribute("aria-pressed") !== "true";
        b.setAttribute("aria-pressed", String(on));
        if (on) wanted.add(b.dataset.f); else wanted.delete(b.dataset.f);
        filter();
      });
    });
    document.querySelectorAll("[data-all]").forEach(function (b) {
      b.addEventListener("click", function () {
        cases.forEach(function (c) { if (!c.hidden) c.open = b.dataset.all === "open"; });
      });
    });

    function follow() {
      var target = document.getElementById(location.hash.slice(1));
      var holder = target && target.closest("details.case");
      if (!holder) return;
      if (holder.hidden) {
        search.value = "";
        wanted.clear();
        document.querySelectorAll("[data-f]").forEach(function (b) { b.setAttribute("aria-pressed", "false"); });
        filter();
      }
      holder.open = true;
      holder.scrollIntoView();
      holder.querySelector("summary").focus({ preventScroll: true });
    }
    window.addEventListener("hashchange", follow);
    follow();
  });
})();
