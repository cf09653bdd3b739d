import NIOCore

extension Settings {
    /// What tokens are verified by.
    static let tokenKeys: [Setting<Settings>] = [
        Setting(
            "tokens.hmac_secret",
            \.tokens.hmacSecret,
            .optional(.text("a secret", where: { !$0.isEmpty })),
            isSecret: true,
            "The secret of tokens that are signed with HS256, HS384 or HS512."
        ),
        Setting(
            "tokens.rsa_public_key",
            \.tokens.rsaPublicKey,
            .optional(.text("a public key in PEM form, or the path of its file", where: { !$0.isEmpty })),
            """
            The public key of tokens that are signed with RS256, RS384 or RS512: in PEM form, or the path of \
            a file that has it.
            """
        ),
        Setting(
            "tokens.ecdsa_public_key",
            \.tokens.ecdsaPublicKey,
            .optional(.text("a public key in PEM form, or the path of its file", where: { !$0.isEmpty })),
            """
            The public key of tokens that are signed with ES256, ES384 or ES512: in PEM form, or the path of \
            a file that has it.
            """
        ),
        Setting(
            "tokens.jwks_file",
            \.tokens.jwksFile,
            .optional(.text("the path of a file", where: { !$0.isEmpty })),
            "A file with a JSON Web Key Set (RFC 7517), from which a token's kid chooses."
        ),
        Setting(
            "tokens.audience",
            \.tokens.audience,
            .optional(.text(where: { !$0.isEmpty })),
            "What a token's aud must be, or have among others. Without: anything."
        ),
        Setting(
            "tokens.issuer",
            \.tokens.issuer,
            .optional(.text(where: { !$0.isEmpty })),
            "What a token's iss must be. Without: anything."
        ),
        Setting(
            "tokens.leeway",
            \.tokens.leeway,
            .time(from: .zero, to: .hours(1)),
            "By how much the clocks of who issues tokens and of the server may differ."
        ),
        Setting(
            "tokens.user_claim",
            \.tokens.userClaim,
            .text("the name of a claim", where: { !$0.isEmpty }),
            "The claim that says who the user is."
        ),
        Setting(
            "tokens.anonymous",
            \.tokens.anonymous,
            .optional(.flag),
            isLive: false,
            "Whether clients without a token may connect. Without: yes if there is no key for tokens, otherwise no."
        ),
        Setting(
            "tokens.cookie",
            \.tokens.cookie,
            .optional(.text("the name of a cookie", where: { !$0.isEmpty })),
            isLive: false,
            "A cookie that may have the token of a plain WebSocket; keep origins narrow then. Without: none."
        ),
    ]
}
