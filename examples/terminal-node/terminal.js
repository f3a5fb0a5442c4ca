'use strict';
// A small qualification terminal (資格確認端末), as a vendor would plug it into the bench. Node 18 or newer, standard library only.
//
// The bench starts it and writes orders to its standard input, one JSON object a line (docs/terminal-protocol.md): `reset` names the
// shared folders, the backend and this institution's certificate; the reply tells where readers reach us. From then on it
//   - asks the backend over mutual TLS for every request file in `req`, and puts the answer into `res` under its name;
//   - takes a reader's hand-over (challenge, certificate, qualification), and puts the result of a card into `face`.
// A refusal is the backend's and is passed on; silence is never made a refusal: the request stays, the reader hears 5xx.
//
// FAULT=twice puts each result into `face` twice; FAULT=stale puts the result of the visit before in the place of this one's.
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const path = require('node:path');
const readline = require('node:readline');

const FAULT = process.env.FAULT;
const [LOOK_EVERY_MS, PATIENCE_MS] = [5, 10000];
const KINDS = { 'SIM-E2001': 'certificate_refused', 'SIM-E2002': 'signature_refused', 'SIM-E2003': 'not_registered' };
const CONSENTS = { limit: 'LimitApplicationCertificateRelated', specific_diseases: 'SpecificDiseasesCertificateRelated',
  health_check: 'SpecificHealthCheckupsInfo', drugs: 'PharmacistsInfo', care: 'DiagnosisInfo', operations: 'OperationInfo' };
const CLINICAL = { diagnosis_names: 'DiagnosisName', infections: 'InfectiousInfo', allergies: 'AllergyInfo',
  contraindications: 'ContraindicationInfo', tests: 'TestInfo', prescriptions: 'PrescriptionInfo' };
const STATES = { 1: 'valid', 2: 'expires_soon', 3: 'grace' };
const NOTICES = { expires_soon: ['renew_certificate'], grace: ['renew_certificate', 'grace'] };

let desk = null; // What `reset` told.
let now = null; // The story's clock, as it was told last.
let [results, before] = [0, null]; // How many there were, and the last one, for FAULT=stale.
const states = new Map(); // Where the certificate behind a ticket stands in its life.

// ---- messages --------------------------------------------------------------------------------------------------------------

/** The text of the first element of this name, or undefined. All that is read here is codes and flags. */
const text = (xml, name) => new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`).exec(xml)?.[1] || undefined;
const leaf = (name, value) => `<${name}>${value}</${name}>`;
const message = (header, body) => {
  // The backend answers in the encoding of the request, which is plain ASCII in either: so it says in which the file has to be.
  const encoding = desk.encoding === 'shift_jis' ? 'Shift_JIS' : 'UTF-8';
  const parts = leaf('MessageHeader', header) + leaf('MessageBody', body);
  return Buffer.from(`<?xml version="1.0" encoding="${encoding}" standalone="no"?>\n${leaf('XmlMsg', parts)}\n`);
};

class NoAnswer extends Error {
  constructor(status, detail) { super(detail); this.status = status; }
}
class Refused extends Error {
  constructor(code, kind) { super(code); this.code = code; this.kind = kind; }
}

/** One message to the backend; its answer as bytes. Whatever is no answer is a NoAnswer, and never a refusal. */
function ask(family, body) {
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST', agent: desk.agent, timeout: PATIENCE_MS,
      headers: { 'x-oqs-message': family, 'content-type': 'application/xml', 'content-length': body.length },
    };
    const request = https.request(`${desk.backend.url}/oqs`, options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', () => reject(new NoAnswer(504, 'the answer broke off')));
      response.on('end', () => {
        const isMessage = (response.headers['x-oqs-message'] || '').includes('res');
        if (response.statusCode === 503 && !isMessage) return reject(new Refused('backend-closed', 'closed'));
        if (response.statusCode >= 300 && !isMessage) return reject(new NoAnswer(502, `HTTP status ${response.statusCode}`));
        return resolve(Buffer.concat(chunks));
      });
    });
    request.on('timeout', () => request.destroy(new NoAnswer(504, 'the backend did not answer in time')));
    request.on('error', (error) => reject(error instanceof NoAnswer ? error : new NoAnswer(503, error.message)));
    request.end(body);
  });
}

/** A card message: the answer as bytes, and as text for the codes in it. */
async function askAsReader(family, header, body) {
  const bytes = await ask(family, message(header + leaf('MedicalInstitutionCode', desk.institution), body));
  const xml = bytes.toString('latin1');
  const code = text(xml, 'ErrorCode');
  if (text(xml, 'SegmentOfResult') === '9' || code) throw new Refused(code || '', KINDS[code] || 'system_error');
  return { bytes, xml };
}

// ---- the shared folders ----------------------------------------------------------------------------------------------------

/** A whole file or none: written aside, then moved. */
function put(folder, name, bytes) {
  const aside = path.join(folder, `.${name}.part`);
  fs.writeFileSync(aside, bytes);
  fs.renameSync(aside, path.join(folder, name));
}

async function answerFile(folders, name) {
  const request = path.join(folders.req, name);
  const body = fs.readFileSync(request);
  if (!body.includes('</XmlMsg>')) return; // Somebody is still writing it.
  const [family] = name.split('req', 1);
  const answer = await ask(`${family}req`, body);
  const renamed = name.replace('req', 'res');
  const isDocument = answer.subarray(0, 5).toString('latin1') === '%PDF-';
  put(folders.res, isDocument ? renamed.replace(/\.xml$/i, '.pdf') : renamed, answer);
  fs.unlinkSync(request);
}

/** Looks at `req` for as long as we live. A file without an answer stays, and is asked again. */
async function serveFolder() {
  const { folders } = desk; // The next `reset` names others; these are gone then.
  const names = fs.existsSync(folders.req) ? fs.readdirSync(folders.req).sort() : [];
  const requests = names.filter((name) => /^[A-Za-z0-9]{3,16}req.*\.xml$/i.test(name));
  for (const name of requests) await answerFile(folders, name).catch((error) => console.error(`${name}: ${error.message}`));
  setTimeout(serveFolder, LOOK_EVERY_MS);
}

/** yyyyMMddHHmmss in Japan. */
function moment() {
  return new Date(new Date(now).getTime() + 9 * 3600 * 1000).toISOString().replace(/\D/g, '').slice(0, 14);
}

/** Puts the result of a card into `face`, unasked, and tells its name. */
function publish(bytes) {
  results += 1;
  const name = (part) => `OQSsiquc01res_face_${desk.institution}${String(results).padStart(18, '0')}${part}_${moment()}.xml`;
  const content = FAULT === 'stale' && before ? before : bytes;
  before = bytes;
  put(desk.folders.face, name('00'), content);
  if (FAULT === 'twice') put(desk.folders.face, name('01'), content);
  return name('00');
}

// ---- the reader's side -----------------------------------------------------------------------------------------------------

const calls = {
  '/reader/challenge': async () => {
    const { xml } = await askAsReader('SIMchalng01req', '', '');
    return { challenge_id: text(xml, 'ChallengeIdentifier'), challenge: text(xml, 'Challenge') };
  },
  '/reader/certificate': async (request) => {
    const mode = { face: 1, pin: 2, visual: 3 }[request.mode];
    const { xml } = await askAsReader('SIMcertif01req', '', leaf('ChallengeIdentifier', request.challenge_id)
      + leaf('UserAuthenticationCertificate', request.certificate) + leaf('Signature', request.signature) + leaf('IdentificationMode', mode));
    const [ticket, state] = [text(xml, 'AuthenticationTicket'), STATES[text(xml, 'CertificateState')]];
    states.set(ticket, state);
    return { ticket, certificate_state: state, registered: text(xml, 'Registered') === '1' };
  },
  '/reader/qualification': async (request) => {
    const [consents, flag] = [request.consents, (name, set) => leaf(name, set ? 1 : 0)];
    const header = leaf('QualificationConfirmationDate', moment().slice(0, 8));
    const identifier = leaf('ArbitraryFileIdentifier', `NODE${String(results + 1).padStart(6, '0')}`);
    const { bytes, xml } = await askAsReader('SIMqualif01req', header + identifier, leaf('AuthenticationTicket', request.ticket)
      + flag('Registration', request.register) + Object.keys(CONSENTS).map((kind) => flag(`${CONSENTS[kind]}ConsFlg`, consents[kind])).join('')
      + Object.keys(CLINICAL).filter((kind) => consents[kind]).map((kind) => flag(`${CLINICAL[kind]}ConsFlg`, true)).join('')
      + (request.prescription ? leaf('PrescriptionIssueSelect', request.prescription === 'electronic' ? 1 : 2) : '')
      + (request.occasion ? leaf('MedicalTreatmentFlag', request.occasion === 'home_visit' ? 2 : 3) : ''));
    const code = text(xml, 'ProcessingResultCode');
    if (text(xml, 'ProcessingResultStatus') === '2') throw new Refused(code || '', KINDS[code] || 'system_error');
    const notices = NOTICES[states.get(request.ticket)] || (code ? ['other'] : []);
    states.delete(request.ticket);
    return { validity: Number(text(xml, 'QualificationValidity')), notices, file: publish(bytes) };
  },
};

async function serveReader(request, response) {
  const tell = (status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  try {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks));
    if (!calls[request.url]) return tell(404, { title: 'no such call' });
    if (body.account !== desk.account) throw new Refused('account-unknown', 'system_error');
    return tell(200, await calls[request.url](body));
  } catch (error) {
    if (error instanceof Refused) return tell(200, { refused: { code: error.code, kind: error.kind } });
    return tell(error.status || 500, { title: 'no answer', status: error.status || 500, detail: error.message });
  }
}

// ---- the bench's orders ----------------------------------------------------------------------------------------------------

const server = http.createServer(serveReader).once('listening', serveFolder);
const orders = {
  hello: async () => ({ product: 'Example Terminal', version: '1.0.0', positions: ['terminal'] }),
  clock: async (order) => { now = order.now; },
  reset: async (order) => {
    const [ca, pem] = [order.backend.ca, order.backend.certificate].map((file) => fs.readFileSync(file));
    ({ now } = order);
    [results, before] = [0, null];
    desk = { ...order, agent: new https.Agent({ ca, cert: pem, key: pem, keepAlive: true }) };
    if (!server.listening) await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    return { reader_url: `http://127.0.0.1:${server.address().port}` };
  },
};

readline.createInterface({ input: process.stdin }).on('line', async (line) => {
  const order = JSON.parse(line);
  const perform = orders[order.op];
  const done = perform ? perform(order).then((body) => ({ status: 'ok', ...body })) : Promise.resolve({ status: 'unsupported' });
  const reply = await done.catch((error) => ({ status: 'error', reason: error.message }));
  process.stdout.write(`${JSON.stringify({ id: order.id, ...reply })}\n`);
}).on('close', () => process.exit(0));
