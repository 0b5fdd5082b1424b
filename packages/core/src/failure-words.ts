import { TEMPORARY, THROTTLED } from './outage.ts'

/** A word of refusal. It counts anywhere in an outcome, but only at the start of a sentence. */
const REFUSAL =
  /(?<![\p{L}\p{N}])(?:no|n|nok|ng|ko|not|bad|false|err|errors?|e0*[1-9]\d*|exception|fault|fatal|fail\w*|invalid|missing|incomplete|conflict|busy|exceeded|blocked|declined|abort\w*|time ?d? ?out|den(?:y|ied)|refused|rejected|forbidden|un(?:auth\w*|supported|available|success\w*|able|known))(?![\p{L}\p{N}])/u
/** The same in other languages, and words that report a failure anywhere in a sentence. */
const FAILURE =
  /(?<![\p{L}\p{N}])(?:err(?:or|eur|ore|o)s?|fail(?:s|ed|ure|ing)?|exception|(?:could|can|did|was|were) ?(?:not|n t)|cannot|unable|denied|declined|refused|rejected|restricted|aborted|timed out|missing|unauthorized|forbidden|unsuccessful\w*|not (?:allowed|permitted|authorized|supported|revoked|success\w*)|unavailable|maintenance|bad request|went wrong|fehl\w*|abgelehnt|verweigert|échec|échou\w*|refusée?s?|fall(?:o|ó|id[oa]|ita|ito)|falh\w+|(?:de)?ne(?:gad[oa]|gato)|non riuscit[oa]|mislukt|hata)(?![\p{L}\p{N}])|ошибк|неудач|сбой|失[败敗]|[不未]成功|[错錯][误誤]|[异異]常|拒[绝絕否]|缺[少失]|[无無]权|没有权限|权限不足|^[无無]效|エラー|せませんでした|できません|실패|오류/u
/** Phrases of a success that contain such words. */
const HARMLESS =
  /\b(?:no|without|0|if)\b.{0,20}?(?:err|fail|exception)\w*|\bno (?:content|op)\b|\bnot (?:modified|needed|active)\b|\b(?:now|already) invalid\b|[无無沒没]有?(?:任何)?(?:[异異]常|[错錯][误誤])/gu
/** Things that a provider must know to revoke a token, other than the token. */
const NEEDED =
  '(?:client|app(?:lication)?|tenant|realm|api key|secret|credentials?|request|param(?:eter)?s?|argument|grant|signature|page|site|route|path)'
/** Reports that such a thing is unknown. About a token, the same words can mean that it is no longer valid. */
const UNKNOWN = new RegExp(
  `\\b(?:invalid|unknown|unrecognized|incorrect|no such) (?:(?!token)\\w+ ){0,2}${NEEDED}\\b|\\b${NEEDED} (?:(?!token)\\w+ ){0,3}(?:invalid|unknown|incorrect|not (?:found|exist|recognized|valid))\\b|[无無]效的?(?:客户端|应用|参数|请求|凭证|密钥)|未找到.{0,3}(?:客户端|应用)|(?:客户端|应用|参数|请求|凭证|密钥)(?:不存在|未找到|[无無]效|不正确)`,
)
/** Sentences of a gateway, or of a page that asks for a login. */
const ELSEWHERE =
  /^(?:http (?:\d )?(?:\d )?|error )?[45]\d\d(?! (?:\w+ )?(?:tokens?|sessions?|grants?)\b)\b|default backend|request (?:was |is |has been )?blocked|\bblocked by\b|^(?:please )?(?:log|sign) ?in\b|must be (?:logged|signed) in|(?:login|authentication|authorization) (?:is )?required/
/** Words of a success. */
const SUCCESS = /\b(?:ok|success\w*|succeeded|completed|revoked)\b|成功/

/** Words in lower case with single spaces between them: `NOT_OK` and `isOk` become `not ok` and `is ok`. */
export function normalize(text: string): string {
  return text
    .slice(0, 200)
    .replace(/([a-z])(?=[A-Z])/g, '$1 ')
    .replace(/[^\p{L}\p{N}-]+|(?<!\s|^)-/gu, ' ')
    .trim()
    .toLowerCase()
}

/** Checks if a word in an outcome refuses. */
export function refusesInWords(words: string): boolean {
  return REFUSAL.test(words.replace(HARMLESS, ' ')) || hasFailed(words)
}

/** Checks if a sentence reports a failure: its first word refuses, or it says that something failed. */
export function reportsFailureInWords(words: string): boolean {
  // "No token= here" is prose; "no" is a response.
  if (words === 'no' || hasFailed(words)) return true
  const [first = ''] = words.replace(HARMLESS, ' ').trim().split(' ', 1)
  return first !== 'no' && REFUSAL.test(first)
}

/** Checks if a sentence reports a success, and nothing else. */
export function reportsSuccessInWords(words: string): boolean {
  return SUCCESS.test(words) && !reportsFailureInWords(words)
}

/** Recognizes a sentence of a gateway, or of a page that asks for a login. */
export function isFromGateway(words: string): boolean {
  return ELSEWHERE.test(words)
}

function hasFailed(words: string): boolean {
  const rest = words.replace(HARMLESS, ' ')
  return [FAILURE, UNKNOWN, THROTTLED, TEMPORARY, ELSEWHERE].some((reports) => reports.test(rest))
}
