import { demo } from '../../stand-ins/tableau/src/seed.ts';
import type { TableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';

/** Lines of extracts.yaml: the stand-in as the destination `tableau`, whose password is in TABLEAU_PASSWORD. */
export const tableauDestination = ({ url }: TableauStandIn) => `destinations:
  tableau:
    type: tableau
    server: ${url}
    site: ${demo.site}
    auth: {user: ${demo.userName}, password: '\${secret.TABLEAU_PASSWORD}'}
`;
