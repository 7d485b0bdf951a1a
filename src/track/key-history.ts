/** What is remembered of a forgotten key. */
export interface KeyCounts {
  readonly attempts: number;
  /** Generation numbers taken. */
  readonly generations: number;
  /** Whether the first generation's entity is in the document. */
  readonly hasFirst: boolean;
}

const initialSlots = 1024;
/** Words a slot: high and low half of the hash, attempts, generations (top bit: `hasFirst`). */
const slotWords = 4;
const firstBit = 0x80000000;

/**
 * Counts attempts and generations of keys that are no longer known, in 16 bytes a key: a 64-bit
 * hash and two counters, so that memory does not grow with the length of keys. Among ten million
 * keys the chance that any two share a hash is about 3 in a million; then the later one merely
 * starts counting higher.
 */
export class KeyHistory {
  #slots = new Uint32Array(initialSlots * slotWords);
  #used = 0;

  /** What is remembered of a key; zeros for one never seen. */
  get(name: string): KeyCounts {
    const [high, low] = hashOf(name);
    const at = this.#find(this.#slots, high, low);
    const generations = this.#slots[at + 3] ?? 0;
    return {
      attempts: this.#slots[at + 2] ?? 0,
      generations: generations & ~firstBit,
      hasFirst: generations >= firstBit,
    };
  }

  /** Remembers a key's counts; the counts of a key seen before are replaced. */
  set(name: string, counts: KeyCounts): void {
    if (this.#used * 4 > (this.#slots.length / slotWords) * 3) this.#grow();
    const [high, low] = hashOf(name);
    const at = this.#find(this.#slots, high, low);
    if (this.#slots[at] === 0 && this.#slots[at + 1] === 0) this.#used++;
    const generations = counts.hasFirst ? counts.generations + firstBit : counts.generations;
    const slots = this.#slots;
    slots[at] = high;
    slots[at + 1] = low;
    slots[at + 2] = counts.attempts;
    slots[at + 3] = generations;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#used;
  }

  #find(slots: Uint32Array, high: number, low: number): number {
    const count = slots.length / slotWords;
    let slot = low % count;
    for (;;) {
      const at = slot * slotWords;
      const empty = slots[at] === 0 && slots[at + 1] === 0;
      if (empty || (slots[at] === high && slots[at + 1] === low)) return at;
      slot = (slot + 1) % count;
    }
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += slotWords) {
      const high = old[at] ?? 0;
      const low = old[at + 1] ?? 0;
      if (high === 0 && low === 0) continue;
      slots.set(old.subarray(at, at + slotWords), this.#find(slots, high, low));
    }
    this.#slots = slots;
  }
}

/** Two independent 32-bit hashes (multiply and xor-shift, as in MurmurHash3); never both zero. */
function hashOf(name: string): readonly [high: number, low: number] {
  let high = 0x9e3779b9 ^ name.length;
  let low = 0x85ebca6b ^ name.length;
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x85ebca6b);
    high ^= high >>> 13;
    low = Math.imul(low ^ unit, 0xc2b2ae35);
    low ^= low >>> 16;
  }
  high = mixed(high ^ Math.imul(low, 0x27d4eb2f));
  low = mixed(low ^ Math.imul(high, 0x165667b1));
  return [high >>> 0, low === 0 ? 1 : low >>> 0];
}

function mixed(value: number): number {
  let mix = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  mix = Math.imul(mix ^ (mix >>> 15), 0x846ca68b);
  return (mix ^ (mix >>> 16)) >>> 0;
}
