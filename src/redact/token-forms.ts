/** Forms by which access tokens and password hashes are known, whatever stands around them: data, no decisions. */

interface TokenForm {
  /** Who gives them out. */
  readonly issuer: string;
  /** Source of a regular expression, from the first letter to the last. */
  readonly form: string;
}

/** From what their issuers document, and where they do not, from the rules of gitleaks 8 and trufflehog 3. */
const issued: readonly TokenForm[] = [
  { issuer: 'Amazon', form: '(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}(?![A-Za-z0-9])' },
  { issuer: 'GitHub', form: String.raw`gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}` },
  { issuer: 'GitLab', form: String.raw`gl(?:pat|rt|dt|ptt|cbt|ft|soat|agent|imt|oas)-[\w-]{16,}|GR1348941[\w-]{20,}` },
  { issuer: 'Google', form: String.raw`AIza[\w-]{35}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}` },
  { issuer: 'Azure', form: String.raw`[\w~.-]{3}[78]Q~[\w~.-]{31,34}` },
  {
    issuer: 'Slack',
    form: String.raw`xox[abeprs]-[\w-]{10,}|xapp-\d-[\w-]{10,}|(?<=hooks\.slack\.com/services/)[\w/]{20,}`,
  },
  { issuer: 'Discord', form: String.raw`(?<=discord(?:app)?\.com/api/webhooks/\d{10,20}/)[\w-]{40,}` },
  { issuer: 'Stripe', form: String.raw`[sr]k_(?:live|test)_\w{16,}|whsec_[\w+/=]{20,}` },
  { issuer: 'OpenAI and others', form: String.raw`sk-[\w-]{20,}` },
  { issuer: 'Hugging Face', form: 'hf_[A-Za-z0-9]{30,}' },
  { issuer: 'npm', form: 'npm_[A-Za-z0-9]{30,}' },
  { issuer: 'PyPI', form: String.raw`pypi-AgE[\w-]{30,}` },
  { issuer: 'RubyGems', form: 'rubygems_[0-9a-f]{40,}' },
  { issuer: 'Docker', form: String.raw`dckr_(?:pat|oat)_[\w-]{20,}` },
  { issuer: 'Vault', form: String.raw`hv[bsr]\.[\w-]{20,}` },
  { issuer: 'Terraform', form: String.raw`[A-Za-z0-9]{14}\.atlasv1\.[\w-]{50,}` },
  { issuer: 'DigitalOcean', form: 'do[opr]_v1_[0-9a-f]{40,}' },
  { issuer: 'SendGrid', form: String.raw`SG\.[\w-]{16,}\.[\w-]{16,}` },
  { issuer: 'Mailgun', form: '(?<![a-z-])key-[0-9a-f]{32}(?![0-9a-f])' },
  { issuer: 'Twilio', form: 'SK[0-9a-f]{32}(?![0-9a-f])' },
  { issuer: 'Shopify', form: 'shp(?:at|ca|pa|ss)_[0-9A-Fa-f]{32,}' },
  { issuer: 'Telegram', form: String.raw`\d{8,10}:AA[\w-]{33}(?![\w-])` },
  { issuer: 'Atlassian', form: String.raw`AT[AC]TT3[\w=+/-]{20,}` },
  { issuer: 'JFrog', form: 'AKCp[A-Za-z0-9]{60,}' },
  { issuer: 'Grafana', form: String.raw`glsa_\w{30,}|glc_[\w+/=]{30,}` },
  { issuer: 'Sentry', form: String.raw`sntry[su]_[\w+/=]{30,}` },
  { issuer: 'Databricks', form: 'dapi[0-9a-f]{32}' },
  { issuer: 'PlanetScale', form: String.raw`pscale_(?:tkn|pw|oauth)_[\w.=-]{20,}` },
  { issuer: 'Tailscale', form: String.raw`tskey-[a-z]+-[\w-]{16,}` },
  { issuer: 'Postman', form: 'PMAK-[0-9a-f]{20,}-[0-9a-f]{30,}' },
  { issuer: 'Heroku', form: String.raw`HRKU-[\w-]{30,}` },
  { issuer: 'New Relic', form: 'NRAK-[A-Z0-9]{20,}' },
  { issuer: 'Linear', form: 'lin_api_[A-Za-z0-9]{30,}' },
  { issuer: 'Alibaba', form: 'LTAI[A-Za-z0-9]{12,}' },
  { issuer: 'age', form: String.raw`AGE-SECRET-KEY-1\w{20,}` },
  // JSON in base64: web tokens, and the tokens by which LXD and Incus let clients and members in.
  { issuer: 'JSON', form: String.raw`(?<![+/-])eyJ[\w+/=.-]{30,}` },
];

/** The first group is empty, the second is the token. */
export const tokenForms = new RegExp(`(?<![A-Za-z0-9_])()(${issued.map(({ form }) => form).join('|')})`, 'g');

/** crypt(5), Apache's htpasswd, LDAP (RFC 2307), PostgreSQL, Django and the PHC string format. */
export const hashForms =
  /()(\$(?:1|2[abxy]|5|6|y|gy|7|apr1|scrypt|argon2(?:id?|d)|pbkdf2-sha\d+)\$[\w./$=,+-]{16,}|\{S?SHA(?:256|512)?\}[\w+/=]{20,}|SCRAM-SHA-(?:1|256)\$\d+:[\w+/=]+\$[\w+/=:]+|pbkdf2_sha\d+\$\d+\$[\w+/=$.]+)/g;
