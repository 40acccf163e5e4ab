/* ROHM BH1750FVI: illuminance in lux, over I2C. The driver ../bh1750.py in JavaScript.
 *
 * Source: ROHM's data sheet "BH1750FVI", 2011.11 - Rev. D; names in quotation marks are its chapters.
 *
 * Settings, with their defaults:
 *
 *     [plugins.bh1750.settings]
 *     address = 0x23  # 0x5C where the ADDR pin is high
 *     bus = 1         # default: the first bus of host.toml
 */

import { transfer } from 'wasi-host:plugin/i2c@0.1.0';
import { read as readSettings } from 'wasi-host:plugin/settings@0.1.0';
import { describe } from 'wasi-host:plugin/values@0.1.0';

const POWER_ON = 0x01; // "Instruction Set Architecture"
const ONE_TIME_HIGH_RESOLUTION = 0x20; // steps of 1 lx; the sensor then powers down by itself
const MEASUREMENT_TIME = 180; // ms, "Electrical Characteristics": H-resolution mode, maximum
const COUNTS_PER_LUX = 1.2; // "Electrical Characteristics": measurement accuracy, typical
const LUX = { unit: 'lx', deviceClass: 'illuminance', stateClass: 'measurement', decimals: 1, name: '' };

export const driver = {
  /** Measure once. Takes a fifth of a second. */
  async read() {
    try {
      describe('illuminance', LUX); // not before: the top level runs when the component is built
      const { address = 0x23, bus } = JSON.parse(readSettings());
      return JSON.stringify({ illuminance: await measure(bus, address) });
    } catch (error) {
      throw told(error);
    }
  },
};

/** The value to throw: a text reports an error. Anything else is a crash, for which the host shows the printed text. */
function told(error) {
  if (error.payload) return error.payload.val; // thrown by a function of the host
  console.error(`${error}\nStack:\n${error.stack.trim().replace(/^/gm, '  ')}`);
  return error;
}

/** The illuminance in lux. Every measurement starts from power-down, so the sensor needs no set-up. */
async function measure(bus, address) {
  transfer(bus, address, Uint8Array.of(POWER_ON), 0);
  transfer(bus, address, Uint8Array.of(ONE_TIME_HIGH_RESOLUTION), 0);
  await new Promise((resolve) => setTimeout(resolve, MEASUREMENT_TIME));
  const [high, low] = transfer(bus, address, new Uint8Array(), 2);
  return Math.round(((high << 8) | low) / COUNTS_PER_LUX * 10) / 10;
}
