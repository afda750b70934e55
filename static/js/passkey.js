// Passkeys: asks the browser for a key and sends what it says with the form. Pages work without this file, by codes.
(function () {
  "use strict";
  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (letter) { return letter.charCodeAt(0); });
  }
  function text(buffer) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  function readable(options) {
    var known = options.publicKey;
    known.challenge = bytes(known.challenge);
    if (known.user) { known.user.id = bytes(known.user.id); }
    (known.excludeCredentials || []).concat(known.allowCredentials || []).forEach(function (key) { key.id = bytes(key.id); });
    return { publicKey: known };
  }
  function answer(key) {
    var said = key.response;
    var told = { clientDataJSON: text(said.clientDataJSON) };
    ["attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (name) {
      if (said[name]) { told[name] = text(said[name]); }
    });
    if (said.getTransports) { told.transports = said.getTransports(); }
    return JSON.stringify({
      id: key.id, rawId: text(key.rawId), type: key.type, response: told,
      authenticatorAttachment: key.authenticatorAttachment || null,
      clientExtensionResults: key.getClientExtensionResults()
    });
  }
  async function options(form) {
    if (form.dataset.options) { return JSON.parse(form.dataset.options); }
    var got = await fetch(form.dataset.optionsFrom, { headers: { Accept: "application/json" } });
    if (!got.ok) { throw new Error("The portal did not answer."); }
    return (await got.json()).request_options;
  }
  async function use(form) {
    var status = form.querySelector("[role=status]");
    status.textContent = "";
    try {
      var wanted = readable(await options(form));
      var key = await (form.dataset.passkey === "create" ? navigator.credentials.create(wanted) : navigator.credentials.get(wanted));
      form.querySelector("[name$=credential]").value = answer(key);
      form.submit();
    } catch (fault) {
      status.textContent = "The passkey was not used. Try again, or take another way.";
    }
  }
  if (!window.PublicKeyCredential) { return; }
  document.querySelectorAll("form[data-passkey]").forEach(function (form) {
    var button = form.querySelector("button[type=button]");
    form.hidden = false;
    button.hidden = false;
    button.addEventListener("click", function () { use(form); });
  });
}());
