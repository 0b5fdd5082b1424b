const AUXILIARY = '(?:is|are|was|were|has|have|had|do|does|did|can|could)'
/** Words after which a clause says when or which, not what has happened: "if it has not been revoked". */
const SUBORDINATE = `(?<!\\b(?:(?:if|unless|until|when) (?:\\p{L}+ ){0,4}|(?:that|which|who) (?:${AUXILIARY} )?))`

/** Words that can be between a negation and its verb. Others would begin a new thought: "do not use revoked tokens". */
const BETWEEN =
  '(?:(?:be(?:en|ing)?|is|are|was|were|has|have|had|yet|(?:able|possible|allowed|permitted) to|successfully|fully|properly|an?|the|this|your|any|of|provided|given|access|refresh|(?:token|session|grant)s?) ){0,5}'
const ENGLISH = `(?:not|t|cannot|never|nothing|none|no|unable to|impossible to) ${BETWEEN}(?:revok(?:e|ed|ing)|invalidated?|terminated|(?:logged|signed) out)`

/** A revocation that is not possible. Without it, access after a revocation could be meant. */
const IMPOSSIBLE =
  '(?:revocation|revoking|log ?out|sign ?out|widerruf|abmeldung|révocation|déconnexion|revocación|revogação|revoca) (?:\\p{L}+ ){0,4}(?:not|nicht|pas|no|não|non) (?:(?!mehr|longer|plus )\\p{L}+ )?(?:possible|möglich|posible|possível|possibile)'

const NEGATION_ABROAD =
  'nicht|pas|imposs?i(?:ble|bile)|no|n[ãa]o|non|niet|nie|ikke|inte|nelze|не|невозможно|нельзя|không|chưa'
/** Words for "because": what follows is the end of the token, which is why it is "not valid". */
const BECAUSE =
  'weil|denn|car|puisque|parce|porque|pues|pois|perch[ée]|poich[ée]|quanto|omdat|want|bo|gdyż|ponieważ|eftersom|fordi|потому|так|поскольку|vì|bởi'
/** Words for "and", "or" and "already", and those that make it "no need to" or "nothing to". */
const OTHER_THOUGHT =
  'und|oder|et|ou|o|y|e|en|of|i|lub|og|och|eller|и|или|hoặc|bereits|schon|déjà|ya|já|già|już|allerede|redan|уже|đã|que|qui|che|da|à|para|zu|å|at|att|hay|há|besoin|n[eé]ces\\p{L}+|cần'
/**
 * Verbs that end a token. Their nouns are missing, because "no revocation" can also mean that none was needed, and some
 * adjectives: "it is impossible to use a revoked token".
 */
const END_ABROAD =
  '(?:widerrufen|r[ée]voqu|revoca(?![ctz]i)|revog(?!aç)|intrekken|ingetrokken|återkall|tilba(?:ge|ke)kal|unieważni|odwoła|odvola(?!n[ýéáí])|отозва(?!нн)|відклика|thu hồi)'
const ABROAD = `(?:${NEGATION_ABROAD}) (?:(?!(?:${OTHER_THOUGHT}|${BECAUSE}) )[\\p{L}\\p{M}\\p{N}]+ ){0,4}${END_ABROAD}`

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

/** "Not revoked before." is no denial, as it has been revoked since; "not revoked before it expires" is one. */
const DENIED_END = new RegExp(
  `${SUBORDINATE}(?<![\\p{L}\\p{M}\\p{N}])(?:(?:${ENGLISH}|${IMPOSSIBLE})(?! before(?: \\||$)|[\\p{L}\\p{N}])|${ABROAD})|${OTHERS}`,
  'gu',
)

/** Checks if normalized words state that a token has not been revoked or could not be. */
export function deniesEnd(words: string): boolean {
  return words.search(DENIED_END) >= 0
}

/** Leaves such statements out of normalized words. */
export function withoutDeniedEnds(words: string): string {
  return words.replace(DENIED_END, ' ')
}
