import { TEMPORARY, THROTTLED } from './outage.ts'

/** Characters of a text that are read. */
const LONGEST = 2_000
/** The end of a part of a sentence. A point inside a number or a name does not end it. */
const PART_ENDS = /[.,;:!?=](?=\s|$)|[。，；：！？、()（）\n]/

/** A word of refusal. It counts anywhere in an outcome, but only at the start of a sentence. */
const REFUSAL =
  /(?<![\p{L}\p{N}])(?:no|n|nok|ng|ko|not|bad|false|err|errors?|e0*[1-9]\d*|exception|fault|fatal|fail\w*|invalid|missing|incomplete|conflict|busy|exceeded|blocked|declined|abort\w*|time ?d? ?out|den(?:y|ied)|refused|rejected|forbidden|un(?:auth\w*|supported|available|success\w*|able|known))(?![\p{L}\p{N}])/u
/** Words that report a failure anywhere in a sentence, also in other languages. */
const FAILURE =
  /(?<![\p{L}\p{N}])(?:err(?:or|eur|ore|o)s?|fail(?:s|ed|ure|ing)?|exception|unable|aborted|timed out|unauthorized|forbidden|unsuccessful\w*|not (?:allowed|permitted|authorized|supported|implemented|enabled|revoked|success\w*)|only (?:\w+ ){1,4}(?:can|may) be revoked|unavailable|maintenance|bad request|went wrong|fehl\w*|échec|échou\w*|fall(?:o|ó|id[oa]|ita|ito)|falh\w+|non riuscit[oa]|mislukt|hata)(?![\p{L}\p{N}])|ошибк|неудач|сбой|失[败敗]|[不未]成功|[错錯][误誤]|[异異]常|[无無]权|没有权限|权限不足|エラー|せませんでした|실패|오류|권한이 없/u
/** Words that also describe the end of a token: "revoked, and cannot be used again". */
const DENIAL =
  /(?<![\p{L}\p{N}])(?:(?:could|did|was|were)(?: not|n t)|can ?(?:not|t)|denied|declined|refused|rejected|restricted|missing|abgelehnt|verweigert|refusée?s?|(?:de)?ne(?:gad[oa]|gato))(?![\p{L}\p{N}])|запрещ|拒[绝絕否]|缺[少失]|^[无無]效|できません|(?<![\p{L}\p{N}])(?:tokens?|id|client|secret|key|credentials?|param(?:eter)?s?|field|header) (?:(?:is|are) )?required/u
/** Phrases of a success that contain such words: no failures, and a token that does not exist. */
const HARMLESS = new RegExp(
  [
    '(?<![\\p{L}\\p{N}])(?:no|without|zero|0|keine?|ohne|aucune?|sans|sin|nessun|senza|sem|geen|без) (?:(?:of \\p{N}+|(?!revoked)\\p{L}+) ){0,2}?(?:err|fail|exception|fehl|ошиб)\\p{L}*',
    '\\b(?:err(?:or)?|fail(?:ed|ure)?|exception)s? (?:\\| )?(?:0|none|null|nil|false|no)(?= \\||$)',
    '\\bno (?:content|op)\\b|\\bnot (?:modified|needed|active)\\b|\\b(?:now|already) invalid\\b',
    '\\b(?:unknown|no such|no active) (?:\\w+ )?(?:token|session)s?\\b(?! (?:type|hint|format|issuer))',
    '\\bno (?:\\w+ )?(?:token|session)s? (?:were )?(?:found|to revoke)\\b',
    '\\b(?:token|session)s? (?:(?:is|are|was|were) )?(?:unknown|(?:not|(?:do|does|did) not|(?:doesn|didn) t) (?:found|exist))\\b(?! in\\b)',
    '[无無沒没]有?(?:任何)?(?:[异異]常|[错錯][误誤])|エラー[はが]?(?:ありません|なし)|오류[가는]? ?없|hata yok',
  ].join('|'),
  'gu',
)
/** An instruction for a failure that may happen later. */
const CONDITION = /\bif (?:\w+ ){0,6}(?:err|fail|exception)\w*/g

/** Things that a provider must know to revoke a token, other than the token. */
const NEEDED =
  '(?:client|app(?:lication)?|tenant|realm|api key|secret|credentials?|request|param(?:eter)?s?|argument|grant|signature|page|site|route|path)'
const NEEDED_ABROAD = '(?:client|cliente|solicitud|requête|petición|anfrage|richiesta|istemci|klient)'
const INVALID_ABROAD =
  '(?:ungültig\\p{L}*|inválid[oa]|invalide|non valid[oae]|no válid[oa]|geçersiz|ogiltig|nieprawidłowy)'
const NEEDED_CHINESE = '(?:客户端|应用|参数|请求|凭证|密钥|签名|client id ?)'
const NEEDED_JAPANESE = '(?:リクエスト|クライアント|パラメータ)'
/** Reports that such a thing is unknown. About a token, the same words can mean that it is no longer valid. */
const UNKNOWN = new RegExp(
  [
    `\\b(?:invalid|unknown|unrecognized|incorrect|wrong|no such) (?:(?!token)\\w+ ){0,2}${NEEDED}\\b`,
    `(?<!tokens? (?:of|for) (?:\\w+ )?)\\b${NEEDED} (?:(?!token|session)\\w+ ){0,3}(?:invalid|unknown|incorrect|disabled|mismatch|not (?:found|exist|recognized|registered|valid))\\b`,
    '\\bno (?:valid )?(?:client|api key|credentials)(?= found| provided| \\||$)',
    '\\b(?:issued|belongs?) to (?:another|a different)\\b|\\b(?:not|n t) (?:belong|issued)\\b',
    '\\b(?:revocation|feature|operation|method|endpoint) (?:is )?(?:disabled|not available)\\b',
    `(?<!\\p{L})(?:${INVALID_ABROAD} ${NEEDED_ABROAD}|${NEEDED_ABROAD} (?:ist )?${INVALID_ABROAD})(?!\\p{L})`,
    `[无無]效的?${NEEDED_CHINESE}|未找到.{0,3}(?:客户端|应用)|${NEEDED_CHINESE}(?:不存在|未找到|[无無]效|不正确|不匹配|已?被?(?:禁用|停用))`,
    `${NEEDED_JAPANESE}[がは](?:無効|不正|見つかりません)|잘못된 (?:요청|클라이언트)`,
  ].join('|'),
  'u',
)
/** Sentences of a gateway, or of a page that asks for a login. */
const ELSEWHERE =
  /^(?:http (?:\d )?(?:\d )?|error (?:\| )?)?[45]\d\d(?! (?:\w+ )?(?:tokens?|sessions?|grants?|records?)\b)\b|default backend|^no route\b|request (?:was |is |has been )?blocked|\bblocked by\b|^(?:please )?(?:log|sign) ?in\b|must be (?:logged|signed) in|(?:login|authentication|authorization) (?:is )?required/

/** States that the token has ended. */
const ENDED =
  '(?<![\\p{L}\\p{N}])(?:success\\w*|succeeded|revoked|invalidated|(?:logged|signed) out|widerrufen)(?! (?:\\| )?(?:false|no|n|0|none|null)(?![\\p{L}\\p{N}]))(?![\\p{L}\\p{N}])|(?<![不未没沒无無].?)(?:成功|已(?:撤销|吊销|注销|忽略|失效))'
const HAS_ENDED = new RegExp(ENDED, 'u')
/** The same with a word before it that takes it back, or a reservation. */
const HAS_NOT_ENDED = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:(?:not|t|cannot|never|nicht|no|none|nothing|0|only|unable|fail\\w*|can|could|may|will|would|must|should|if|unless|until|before) (?:(?!(?:and|or|because|already) )[\\p{L}\\p{N}]+ ){0,4}(?:${ENDED})|(?:but|however|except|aber)(?![\\p{L}\\p{N}]))`,
  'u',
)
/** Words of a success, of whatever. */
const SUCCESS = /\b(?:ok|completed)\b|(?<![不未没沒无無].?)完成|完了|已处理/

/** Words in lower case with single spaces between them: `NOT_OK` and `isOk` become `not ok` and `is ok`. */
export function normalize(text: string): string {
  return text
    .slice(0, LONGEST)
    .replace(/([a-z])(?=[A-Z])/g, '$1 ')
    .replace(/[^\p{L}\p{N}-]+|(?<!\s|^)-/gu, ' ')
    .trim()
    .toLowerCase()
}

/** The words of a text, with `|` between the parts of its sentences. Phrases do not extend across it. */
function sentencesOf(text: string): string {
  return text.slice(0, LONGEST).split(PART_ENDS).map(normalize).filter(Boolean).join(' | ')
}

/** Checks if a word in an outcome refuses. */
export function refusesInWords(text: string): boolean {
  const words = sentencesOf(text).replace(HARMLESS, ' ')
  return REFUSAL.test(words) || hasFailed(words)
}

/** Checks if a text reports a failure: its first word refuses, or it says that something failed. */
export function reportsFailureInWords(text: string): boolean {
  const words = sentencesOf(text).replace(HARMLESS, ' ')
  // "No token= here" is prose; "no" is a response.
  if (words === 'no' || hasFailed(words)) return true
  const [first = ''] = words.replace(/^[ |]+/, '').split(' ', 1)
  return first !== 'no' && REFUSAL.test(first)
}

/** Checks if a text reports a success, and nothing else. */
export function reportsSuccessInWords(text: string): boolean {
  const words = sentencesOf(text)
  return (SUCCESS.test(words) || statesEnd(words)) && !reportsFailureInWords(text)
}

/** Recognizes a sentence of a gateway, or of a page that asks for a login. */
export function isFromGateway(text: string): boolean {
  return ELSEWHERE.test(sentencesOf(text))
}

function statesEnd(words: string): boolean {
  return HAS_ENDED.test(words) && !HAS_NOT_ENDED.test(words)
}

/** A token that has ended will be denied, so then only words of a failure count. */
function hasFailed(words: string): boolean {
  const ended = statesEnd(words)
  const rest = ended ? words.replace(CONDITION, ' ') : words
  if ([FAILURE, UNKNOWN, THROTTLED, TEMPORARY].some((reports) => reports.test(rest))) return true
  return !ended && (DENIAL.test(rest) || ELSEWHERE.test(rest))
}
