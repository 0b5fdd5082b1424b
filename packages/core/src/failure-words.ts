import { deniesEnd, withoutDeniedEnds } from './denied-end.ts'
import { TEMPORARY, THROTTLED } from './temporary-errors.ts'

/** Characters of a text that are read. */
const LONGEST = 2_000
/** The end of a part of a sentence. A point inside a number or a name does not end it. */
const PART_ENDS = /[.,;:!?=](?=\s|$)|[。，；：！？、()（）\n]/

/** A word of refusal. It counts anywhere in an outcome, but only at the start of a sentence. */
const REFUSAL =
  /(?<![\p{L}\p{N}])(?:no|n|nok|ng|ko|not|bad|false|err|errors?|e0*[1-9]\d*|exception|fault|fatal|fail\p{L}*|invalid|wrong|incorrect|malformed|insufficient|missing|incomplete|conflict|nope|eof|busy|exceeded|blocked|declined|abort\p{L}*|time ?d? ?out|den(?:y|ied)|refused|rejected|forbidden|un(?:auth\p{L}*|supported|available|success\p{L}*|able|known|recognized|expected|processable|met))(?![\p{L}\p{N}])/u
/** Words that report a failure anywhere in a sentence, also in other languages. */
const FAILURE =
  /(?<![\p{L}\p{N}])(?:err(?:or|eur|ore|o)s?|fail(?:s|ed|ure|ing)?|exception|unable|aborted|timed out|unauthorized|forbidden|unsuccessful\p{L}*|not (?:allowed|permitted|authorized|supported|implemented|enabled|success\p{L}*)|only (?:\p{L}+ ){1,4}(?:can|may) be revoked|econn\p{L}+|e(?:timedout|pipe|notfound|hostunreach)|connection (?:reset|refused|lost)|sqlstate|ora \d{5}|null pointer|stack overflow|traceback|deadlock|use dpop nonce|unavailable|maintenance|bad request|went wrong|fehl\p{L}*|miss?lyc?k\p{L}*|başarısız\p{L}*|thất bại|không thành công|échecs?|échou\p{L}*|fall(?:o|ó|ad[oa]|id[oa]|it[oa])|falh\p{L}+|non riuscit[oa]|mislukt|hata)(?![\p{L}\p{N}])|ошибк|неудач|сбой|失[败敗]|[不未]成功|[错錯][误誤]|[异異]常|[无無]权|没有权限|权限不足|エラー|せませんでした|실패|오류|권한이 없|فشل|विफल|ล้มเหลว|ไม่สำเร็จ/u
/** Things without which a provider refuses to do anything. */
const DEMANDED =
  '(?:tokens?|id|client|secret|key|credentials?|param(?:eter)?s?|field|header|scope|permissions?|captcha|mfa|2fa|otp|consent|interaction|selection|challenge|session|password|signature)'
/** Those who ask for a revocation, and what they show for it. */
const ASKING =
  '(?:client|app(?:lication)?|tenant|account|licen[sc]e|subscription|certificate|secret|credentials?|nonce|timestamp|assertion|page)'
/** Words that also describe the end of a token: "revoked, and cannot be used again". */
const DENIAL = new RegExp(
  [
    `(?<![\\p{L}\\p{N}])(?:${[
      '(?:could|did|was|were)(?: not|n t)|can ?(?:not|t)|denied|declined|refused|rejected|restricted|missing',
      'insufficient|malformed|mismatch\\p{L}*|busy|i o timeout|read only|out of service|circuit (?:breaker )?(?:is )?open',
      'limit (?:was |is |has been )?reached|not (?:configured|defined|accepted|yours|(?:in )?(?:the |our )?(?:white|allow) ?list(?:ed)?)',
      'only (?:[\\p{L}\\p{N}]+ ){1,3}(?:allowed|accepted|supported)',
      `${DEMANDED} (?:(?:is|are) )?required`,
      `(?<!tokens? (?:of|for) (?:[\\p{L}\\p{N}]+ )?)${ASKING} (?:(?:is|was|has|been) ){0,2}(?:suspended|locked|deactivated|not active|inactive|expired)|expired ${ASKING}`,
      '(?<!(?:other|if|whether|while) (?:[\\p{L}\\p{N}]+ )?)tokens? (?:(?:is|are) )?(?:still|remains?) (?:active|valid)',
      'abgelehnt|verweigert|refusée?s?|(?:de)?ne(?:gad[oa]|gato)',
    ].join('|')})(?![\\p{L}\\p{N}])`,
    'запрещ|拒[绝絕否]|缺[少失]|^[无無]效|非法|未[授登][权權录錄陆入]|[请請]先登[录錄陆入]|不[能可]为空|不[能可]為空|できません',
  ].join('|'),
  'u',
)
/** Phrases about a token that does not exist. */
const ABSENT = [
  '\\b(?:unknown|unrecognized|no such|no active) (?:[\\p{L}\\p{N}]+ )?(?:token|session)s?\\b(?! (?:type|hint|format|issuer))',
  '\\bno (?:[\\p{L}\\p{N}]+ )?(?:token|session)s? (?:were )?(?:found|to revoke)\\b',
  '\\b(?:token|session)s? (?:(?:is|are|was|were) )?(?:unknown|(?:not|(?:do|does|did) not|(?:doesn|didn) t) (?:found|exist|known)|(?:could|can) ?(?:not|n t|t) be found)\\b(?! in\\b)',
].join('|')
/** Phrases of a success that contain such words: no failures, and a token that does not exist. */
const HARMLESS = new RegExp(
  [
    '(?<![\\p{L}\\p{N}])(?:no|without|zero|0|keine?|ohne|aucune?|sans|sin|nessun|senza|sem|geen|без) (?:(?:of \\p{N}+|(?!revoked)\\p{L}+) ){0,2}?(?:err|fail|exception|fehl|[ée]chec|ошиб)\\p{L}*',
    '(?<!\\p{L})(?:err(?:or)?|fail(?:ed|ure)?|exception|[ée]chec)s? (?:\\| )?(?:0|none|null|nil|false|no)(?= \\||$)',
    `\\bno (?:content|op)\\b|\\bnot (?:modified|needed)\\b|(?<!${ASKING} (?:is )?)\\bnot active\\b`,
    '\\bnot revoked (?:\\| )?(?:0|none)(?= \\||$)',
    '\\b(?:now|already) invalid\\b|\\binvalid tokens? (?:is|are|was|were) ignored\\b',
    ABSENT,
    '[无無沒没]有?(?:任何)?(?:[异異]常|[错錯][误誤])|エラー[はが]?(?:ありません|なし)|오류[가는]? ?없|hata yok',
  ].join('|'),
  'gu',
)
/** A token that does not exist, or has ended before. */
const ABSENT_OR_ENDED = new RegExp(
  `${ABSENT}|(?<!${ASKING} (?:(?:is|was|has|had) )?)\\balready (?:been )?(?:revoked|expired|invalid|inactive|ended)\\b|\\bnone (?:is|are|was|were) (?:active|valid|found)\\b|\\bnone exist(?:s|ed)?\\b`,
  'u',
)
/** An instruction for a failure that may happen later. */
const CONDITION = /\bif (?:[\p{L}\p{N}]+ ){0,6}(?:err|fail|exception)\p{L}*/gu
/** A prediction about later requests with the token: "any further call will fail". */
const FUTURE =
  /\b(?:will|would|(?:subsequent|further|future|later) (?:[\p{L}\p{N}]+ )?(?:request|call|use|attempt)s?) [^|]*/gu

/** Things that a provider must know to revoke a token, other than the token. */
const NEEDED =
  '(?:client|app(?:lication)?|tenant|realm|api key|secret|credentials?|request|param(?:eter)?s?|argument|grant|signature|nonce|password|page|site|route|path)'
const NEEDED_ABROAD = '(?:client|cliente|solicitud|requête|petición|anfrage|richiesta|istemci|klient)'
const INVALID_ABROAD =
  '(?:ungültig\\p{L}*|inválid[oa]|invalide|non valid[oae]|no válid[oa]|geçersiz|ogiltig|nieprawidłowy)'
const NEEDED_CHINESE = '(?:客户端|应用|参数|请求|凭证|密钥|签名|接口|页面|路径|client id ?)'
const NEEDED_JAPANESE = '(?:リクエスト|クライアント|パラメータ)'
/** Reports that such a thing is unknown. About a token, the same words can mean that it is no longer valid. */
const UNKNOWN = new RegExp(
  [
    `\\b(?:invalid|unknown|unrecognized|incorrect|wrong|no such) (?:(?!token)[\\p{L}\\p{N}]+ ){0,2}${NEEDED}\\b`,
    `(?<!tokens? (?:of|for) (?:[\\p{L}\\p{N}]+ )?)\\b${NEEDED} (?:(?!token|session)[\\p{L}\\p{N}]+ ){0,3}(?:invalid|unknown|incorrect|disabled|mismatch|not (?:found|exist|recognized|registered|valid))\\b`,
    '\\bno (?:valid )?(?:client|api key|credentials)(?= found| provided| \\||$)',
    '\\b(?:issued|belongs?) (?:to|by) (?:another|a different)\\b|\\b(?:not|n t) (?:belong|issued|own)\\b',
    '\\b(?:revocation|feature|operation|method|endpoint) (?:is )?(?:disabled|not available)\\b',
    `(?<!\\p{L})(?:${INVALID_ABROAD} ${NEEDED_ABROAD}|${NEEDED_ABROAD} (?:ist )?${INVALID_ABROAD})(?!\\p{L})`,
    `[无無]效的?${NEEDED_CHINESE}|未找到.{0,3}(?:客户端|应用)|${NEEDED_CHINESE}(?:不存在|未找到|[无無]效|不正确|不匹配|已?被?(?:禁用|停用))`,
    `${NEEDED_JAPANESE}[がは](?:無効|不正|見つかりません)|잘못된 (?:요청|클라이언트)`,
  ].join('|'),
  'u',
)
/** Sentences of a gateway, or of a page that asks for a login. */
const ELSEWHERE =
  /^(?:http (?:\d )?(?:\d )?|error (?:\| )?)?[45]\d\d(?! (?:[\p{L}\p{N}]+ )?(?:tokens?|sessions?|grants?|records?)\b)\b|default backend|^no route\b|request (?:was |is |has been )?blocked|\bblocked by\b|^(?:please )?(?:log|sign) ?in\b|must be (?:logged|signed) in|(?:login|authentication|authorization) (?:is )?required/u

/** States that the token has ended. */
const ENDED =
  '(?<![\\p{L}\\p{N}])(?:success\\p{L}*|succeeded|revoked|invalidated|(?:logged|signed) out|widerrufen)(?! (?:\\| )?(?:false|no|n|0|none|null)(?![\\p{L}\\p{N}]))(?![\\p{L}\\p{N}])|(?<![不未没沒无無].?)(?:成功|已(?:撤销|吊销|注销|忽略|失效))|(?:取り消|失効|無効化|ログアウト)(?:さ[せれ]|し)?ました'
const HAS_ENDED = new RegExp(ENDED, 'u')
/** The same with a word before it that takes it back, or a reservation. */
const HAS_NOT_ENDED = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:(?:not|t|cannot|never|nicht|no|none|nothing|0|only|unable|fail\\p{L}*|can|could|may|will|would|must|should|if|unless|until|before) (?:(?!(?:and|or|because|already) )[\\p{L}\\p{N}]+ ){0,4}(?:${ENDED})|(?:but|however|except|aber)(?![\\p{L}\\p{N}]))`,
  'u',
)
/** States that something has been revoked, or that all is well. */
const REVOKED =
  /(?<![\p{L}\p{N}])(?<!(?:cache|cookies?) (?:(?:is|are|was|were|has been|have been) )?)(?:revoked|invalidated)(?![\p{L}\p{N}])|^ok(?= \|)|เพิกถอน(?:โทเค็น)?แล้ว/u
/** Words with which a later denial still counts: it is about a token or a grant, or the provider could not revoke something. */
const RESERVED =
  /(?<![\p{L}\p{N}])(?:but|however|except|aber|could|cannot|can (?:not|t)|unable|able|(?:(?:token|grant)s?|rt) (?:\| )?(?:(?:is|are|was|were|has|have|had) )?(?:not|never|t)|(?<=^ok \| )not|(?:isn|aren|wasn|weren|hasn|haven) t|[1-9]\p{N}* not|not revoked(?= (?:\| )?[1-9]))(?![\p{L}\p{N}])/u
/** Words of a success, of whatever. */
const SUCCESS =
  /\b(?:ok|completed)\b|(?<![不未没沒无無].?)完成|完了|已处理|正常終了(?!し?ま?せん)|(?<!비)정상(?!.*(?:않|못|아니|아닙|없))/

/** Words in lower case with single spaces between them: `NOT_OK` and `isOk` become `not ok` and `is ok`. */
export function normalize(text: string): string {
  return text
    .slice(0, LONGEST)
    .replace(/([a-z])(?=[A-Z])/g, '$1 ')
    .replace(/[^\p{L}\p{M}\p{N}-]+|(?<!\s|^)-/gu, ' ')
    .trim()
    .toLowerCase()
}

/** The words of a text, with `|` between the parts of its sentences. Phrases do not extend across it. */
function sentencesOf(text: string): string {
  return text.slice(0, LONGEST).split(PART_ENDS).map(normalize).filter(Boolean).join(' | ')
}

/** Checks if a word in an outcome refuses. */
export function refusesInWords(text: string): boolean {
  const words = sentencesOf(text)
  return REFUSAL.test(countedIn(words)) || hasFailed(words)
}

/** Checks if a text reports a failure: its first word refuses, or it says that something failed. */
export function reportsFailureInWords(text: string): boolean {
  const words = sentencesOf(text)
  const counted = countedIn(words)
  // "No token= here" is prose; "no" is a response.
  if (counted === 'no' || hasFailed(words)) return true
  const [first = ''] = counted.replace(/^[ |]+/, '').split(' ', 1)
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

/** Leaves out what is harmless, denials that have a reason, and those of something else: "Revoked. No grant was revoked." */
function countedIn(words: string): string {
  const counted = words.replace(HARMLESS, ' ')
  if (ABSENT_OR_ENDED.test(words)) return withoutDeniedEnds(counted)
  const revoked = REVOKED.exec(counted)
  if (!revoked || RESERVED.test(counted)) return counted
  const [before, after] = [counted.slice(0, revoked.index), counted.slice(revoked.index + revoked[0].length)]
  return HAS_NOT_ENDED.test(before + revoked[0]) ? counted : before + revoked[0] + withoutDeniedEnds(after)
}

function statesEnd(words: string): boolean {
  return HAS_ENDED.test(words) && !HAS_NOT_ENDED.test(words)
}

/** A token that has ended will be denied, so then only words of a failure count. */
function hasFailed(words: string): boolean {
  const counted = countedIn(words)
  const ended = statesEnd(counted)
  const rest = ended ? withoutOutlook(counted) : counted
  if ([FAILURE, UNKNOWN, THROTTLED, TEMPORARY].some((reports) => reports.test(rest))) return true
  return deniesEnd(rest) || (!ended && (DENIAL.test(rest) || ELSEWHERE.test(rest)))
}

/** Leaves out what is said about later, which follows the statement that the token has ended. */
function withoutOutlook(words: string): string {
  const end = words.search(HAS_ENDED)
  return (words.slice(0, end) + words.slice(end).replace(FUTURE, ' ')).replace(CONDITION, ' ')
}
