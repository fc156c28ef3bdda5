import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seal, sealWith } from '../src/contribute/hpke.js';

const bytes = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (all: Uint8Array): string => [...all].map((byte) => byte.toString(16).padStart(2, '0')).join('');

// RFC 9180, appendix A.1.1: base mode, sequence number 0.
const VECTOR = {
  info: '4f6465206f6e2061204772656369616e2055726e',
  skEm: '52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736',
  pkEm: '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431',
  pkRm: '3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d',
  pt: '4265617574792069732074727574682c20747275746820626561757479',
  aad: '436f756e742d30',
  ct: 'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
};

/** A key pair of a private key, by PKCS #8: the only raw form that browsers import. */
async function pairOf(secret: string, open: string): Promise<CryptoKeyPair> {
  const pkcs8 = bytes(`302e020100300506032b656e04220420${secret}`);
  return {
    privateKey: await crypto.subtle.importKey('pkcs8', pkcs8, 'X25519', false, ['deriveBits']),
    publicKey: await crypto.subtle.importKey('raw', bytes(open), 'X25519', true, []),
  };
}

test('a message is sealed as the standard says', async () => {
  const { info, aad, pt, ct, pkEm, pkRm, skEm } = VECTOR;
  const sealed = await sealWith(await pairOf(skEm, pkEm), bytes(pkRm), bytes(info), bytes(aad), bytes(pt));
  assert.equal(hex(sealed.enc), pkEm);
  assert.equal(hex(sealed.ciphertext), ct);
});

test('no two messages are sealed alike', async () => {
  const once = () => seal(bytes(VECTOR.pkRm), bytes(VECTOR.info), bytes(VECTOR.aad), bytes(VECTOR.pt));
  const [one, other] = [await once(), await once()];
  assert.equal(one.ciphertext.length, VECTOR.pt.length / 2 + 16);
  assert.notEqual(hex(one.enc), hex(other.enc));
  assert.notEqual(hex(one.ciphertext), hex(other.ciphertext));
});

test('a key that is none seals nothing', async () => {
  await assert.rejects(seal(bytes('00'), bytes(''), bytes(''), bytes('')), { code: 'crypto_unavailable' });
});
