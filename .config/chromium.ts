import { installChromium } from '../broker/local/install.mjs';

/** Tells the browser tests where Chromium is, also where nobody has set it. @throws InstallError when there is none. */
export default async function setup(): Promise<void> {
  process.env.CHROMIUM_PATH = await installChromium({ mayInstall: false });
}
