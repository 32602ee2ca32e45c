/** Adds to a triage the versions that a copy of a host tells besides its logs. */

import type { HostVersions } from '../parse/host-versions.js';
import type { Triage } from './finding.js';
import { compareFixes } from './fixes.js';

/** What the logs do not tell, a copy of the host may; where both do, the logs are right about the run. */
export function addVersions(triage: Triage, told: HostVersions): Triage {
  const versions = { ...told, ...triage.versions };
  const diagnoses = triage.diagnoses.map((diagnosis) => {
    const fixes = compareFixes(diagnosis.fixedIn, versions, triage.engine ?? '');
    return fixes.length === 0 ? diagnosis : { ...diagnosis, fixes };
  });
  return { ...triage, versions, diagnoses };
}
