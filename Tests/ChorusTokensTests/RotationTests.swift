import Chorus
import ChorusCore
import ChorusTokens
import Foundation
import Logging
import Synchronization
import Testing

/// A key set in a file that changes.
@Suite("Rotation of keys")
struct RotationTests {
    private let ours: Keys
    private let others: Keys

    init() throws {
        ours = try Keys.ours.get()
        others = try Keys.others.get()
    }

    /// A verifier of a file, whose clock stands until it is moved.
    private struct Rotating {
        let file = URL(filePath: "/tmp/chorus-keys-\(UUID().uuidString).json")
        let clock = ManualClock(1000)
        let log = Lines()

        func write(_ keys: String...) throws { try writeText(#"{"keys":[\#(keys.joined(separator: ","))]}"#) }

        func writeText(_ text: String) throws { try Data(text.utf8).write(to: file, options: .atomic) }

        func verifier() async throws -> JWTVerifier {
            try await JWTVerifier(TokenConfiguration(jwks: .file(file.path)), logger: log.logger, now: clock.now)
        }
    }

    private func rotate(_ body: (Rotating) async throws -> Void) async throws {
        let rotating = Rotating()
        defer { try? FileManager.default.removeItem(at: rotating.file) }
        try await body(rotating)
    }

    @Test("a key that is added is known a second later, and one that is taken away is not")
    func rotation() async throws {
        try await rotate { rotating in
            let old = try Signer.es256(ours.p256).token("{}", header: #","kid":"old""#)
            let new = try Signer.es256(others.p256).token("{}", header: #","kid":"new""#)
            try rotating.write(ours.p256JWK(#","kid":"old""#))
            let verifier = try await rotating.verifier()
            #expect(await refusal(verifier, old) == nil)
            #expect(await refusal(verifier, new)?.code == .unknownKey)
            try rotating.write(ours.p256JWK(#","kid":"old""#), others.p256JWK(#","kid":"new""#))
            // within the second it is not looked at, whoever asks
            for _ in 0..<10 { #expect(await refusal(verifier, new)?.code == .unknownKey) }
            rotating.clock.advance(1)
            #expect(await refusal(verifier, new) == nil)
            #expect(await refusal(verifier, old) == nil)
            try rotating.write(others.p256JWK(#","kid":"new""#))
            rotating.clock.advance(1)
            #expect(await refusal(verifier, old)?.code == .unknownKey)
            #expect(await refusal(verifier, new) == nil)
            #expect(rotating.log.texts == ["info: key set read again", "info: key set read again"])
        }
    }

    @Test("a file that cannot be used leaves the keys as they are, and is reported once")
    func broken() async throws {
        try await rotate { rotating in
            let token = try Signer.es256(ours.p256).token("{}")
            try rotating.write(ours.p256JWK())
            let verifier = try await rotating.verifier()
            try rotating.writeText(#"{"keys":["#)
            for _ in 0..<3 {
                rotating.clock.advance(1)
                #expect(await refusal(verifier, token) == nil)
            }
            try FileManager.default.removeItem(at: rotating.file)
            for _ in 0..<3 {
                rotating.clock.advance(1)
                #expect(await refusal(verifier, token) == nil)
            }
            #expect(rotating.log.texts == ["error: the key set in use stays", "error: the key set in use stays"])
            // the same again is good news
            try rotating.write(ours.p256JWK())
            rotating.clock.advance(1)
            #expect(await refusal(verifier, token) == nil)
            #expect(rotating.log.texts.last == "info: key set read again")
        }
    }

    @Test("keys that do not come from the file stay beside it")
    func fixedKeys() async throws {
        try await rotate { rotating in
            try rotating.write(ours.p256JWK())
            let verifier = try await JWTVerifier(
                TokenConfiguration(hmacSecret: Signer.secret, jwks: .file(rotating.file.path)),
                logger: rotating.log.logger,
                now: rotating.clock.now
            )
            try rotating.write(others.p256JWK())
            rotating.clock.advance(1)
            #expect(await refusal(verifier, try Signer.hs256().token("{}")) == nil)
            #expect(await refusal(verifier, try Signer.es256(others.p256).token("{}")) == nil)
            #expect(await refusal(verifier, try Signer.es256(ours.p256).token("{}"))?.code == .signature)
        }
    }

    @Test("a file that is not there at first is an error")
    func missing() async throws {
        let error = await #expect(throws: ChorusError.self) {
            try await JWTVerifier(TokenConfiguration(jwks: .file("/nowhere/keys.json")))
        }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains("/nowhere/keys.json") == true)
    }
}

/// A log that remembers its lines, without their metadata.
private final class Lines: Sendable {
    private let stored = Mutex<[String]>([])

    var texts: [String] { stored.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.stored.withLock { $0.append("\(event.level): \(event.message)") } }
    }
}
