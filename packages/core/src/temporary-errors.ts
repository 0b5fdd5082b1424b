/** Phrases of providers that throttle without 429. */
export const THROTTLED: RegExp =
  /slow[ _-]?down|too[ _-]?many[ _-]?(?:requests|attempts)|(?:rate|request|frequency|api|qps|daily|minute|volume)[ _-]?(?:limit|quota)|limit(?: has been)?[ _-]?exceeded|rate exceeded|throttl|resource[ _]exhausted|quota[ _-]?(?:exceeded|limit)|[过過]于?频繁|太频繁|頻繁|频率(?:限制|过高|超限)|请求(?:次数)?过多|限流/i
/** Error codes of a failure on the provider's side, without a status of 500 or more. */
export const TEMPORARY_CODE: RegExp =
  /^(?:(?:internal|fatal|server|service|system|backend)[ _-]?)+(?:error|failure|exception){1,2}$|^internal$|^(?:(?:service|server|system|backend|temporarily)[ _-]?)?unavailable$|^(?:request|server|gateway|upstream|backend)?[ _-]?time(?:d[ _-]?)?[ _-]?out$|^deadline[ _-]exceeded$/i
/** Descriptions of the same. */
export const TEMPORARY: RegExp =
  /^(?:internal|system) error\b|internal server error|(?:service|temporarily|temporary) unavailable|(?:down|closed|offline) for .{0,20}maintenance|under maintenance|(?:try|retry) (?:again )?(?:later|in (?:a|\d))|overloaded|bad gateway|(?:gateway|request|upstream|stream|read) time-? ?out|deadline exceeded|no healthy upstream|系统繁忙|系統繁忙|服务(?:器繁忙|器?(?:内部)?(?:错误|异常)|暂?不可用)|稍[后候後]再?[试試重]|(?:请求|請求|连接|連線|服务|网关)(?:超时|逾時)/i
