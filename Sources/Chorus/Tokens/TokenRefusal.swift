/// Why a token is not accepted. Neither the code nor the sentence has any of the token in it that could be used.
public struct TokenRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with a token. Codes may be added in any release, so a `switch` over them needs a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code's name as it appears in logs and documentation.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// It is no token, or too long to be one.
        public static let malformed = Code("malformed")
        /// It is signed with a key that is not known here (`kid`).
        public static let unknownKey = Code("unknown_key")
        /// It is signed with an algorithm (`alg`) for which no key is known here, or not signed at all.
        public static let algorithm = Code("algorithm")
        /// The signature is not that of the key.
        public static let signature = Code("signature")
        /// Its time is over (`exp`, `expire_at`): a new one is needed.
        public static let expired = Code("expired")
        /// Its time has not begun (`nbf`).
        public static let notYetValid = Code("not_yet_valid")
        /// It is for somebody else (`aud`).
        public static let audience = Code("audience")
        /// It was made by somebody else (`iss`).
        public static let issuer = Code("issuer")
        /// A claim is missing, or has a value that it cannot have.
        public static let claim = Code("claim")
        /// It was valid, and has been revoked.
        public static let revoked = Code("revoked")
    }

    /// What is wrong.
    public let code: Code
    /// The same in one sentence, such as `the token expired 35 seconds ago`.
    public let message: String

    /// Makes a refusal. The sentence must not contain the token.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The code and the sentence on one line.
    public var description: String { "\(code): \(message)" }
}
