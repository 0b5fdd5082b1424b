/** Words after which a clause says when or which, not what has happened: "if it has not been revoked". */
const SUBORDINATE = '(?<!\\b(?:if|unless|until|that|which|who|when) (?:\\p{L}+ ){0,4})'

/** Words that can be between a negation and its verb. Others would begin a new thought: "do not use revoked tokens". */
const BETWEEN =
  '(?:(?:be(?:en|ing)?|is|are|was|were|has|have|had|yet|(?:able|possible|allowed|permitted) to|successfully|fully|properly|an?|the|this|your|any|of|provided|given|access|refresh|(?:token|session|grant)s?) ){0,5}'
const ENGLISH = `(?:not|t|cannot|never|nothing|none|no|unable to|impossible to) ${BETWEEN}(?:revok(?:e|ed|ing)|invalidated?|terminated|(?:logged|signed) out)`

const NEGATION_ABROAD = 'nicht|pas|imposs?i(?:ble|bile)|no|n[ãa]o|non|niet|nie|ikke|inte|не|không'
/** Words for "and", "or" and "already", and those that make it "no need to" or "nothing to". */
const OTHER_THOUGHT =
  'und|oder|et|ou|o|y|e|en|of|i|lub|og|och|eller|и|или|hoặc|bereits|schon|déjà|ya|já|già|już|allerede|redan|уже|đã|que|qui|che|da|à|para|zu|å|at|att|hay|há|besoin|n[eé]ces\\p{L}+|cần'
/** Verbs that end a token. Their nouns are missing, because "no revocation" can also mean that none was needed. */
const END_ABROAD =
  '(?:widerrufen|r[ée]voqu|revoca(?![ctz]i)|revog(?!aç)|intrekken|ingetrokken|återkall|tilba(?:ge|ke)kal|unieważni|odwoła|отозва|thu hồi)'
const ABROAD = `(?:${NEGATION_ABROAD}) (?:(?!(?:${OTHER_THOUGHT}) )[\\p{L}\\p{M}\\p{N}]+ ){0,4}${END_ABROAD}`

/** Languages whose verb comes first, or that put no spaces between words. */
const OTHERS = [
  '(?:återkallades|tilbakekaltes|tilbagekaldtes) i(?:nte|kke)',
  'iptal edil(?:e?med|emi|emez)',
  '(?:未能?|不[能可]|[无無]法|[没沒]有?能?)(?:成功)?被?[撤吊注][销銷]',
  '(?:取り消|失効|無効化|ログアウト).{0,4}(?:ません|ない)',
  '(?:취소|폐기|철회|해지|무효화|로그아웃)[가-힣]{0,6} ?(?:수 없|못|않)',
  '(?:لا يمكن|لم يتم|تعذر) [إا](?:لغاء|بطال)',
  '(?:रद्द|निरस्त) (?:[\\p{L}\\p{M}]+ )?नहीं',
  'ไม่(?:สามารถ|ได้|ถูก)?(?:เพิกถอน|ยกเลิก)',
].join('|')

/** Recognizes a statement, in normalized words, that a token has not been revoked or could not be. */
export const DENIES_END: RegExp = new RegExp(
  `${SUBORDINATE}(?<![\\p{L}\\p{M}\\p{N}])(?:(?:${ENGLISH})(?![\\p{L}\\p{N}])|${ABROAD})|${OTHERS}`,
  'u',
)
