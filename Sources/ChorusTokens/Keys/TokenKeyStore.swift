import ChorusCore
import Logging
import NIOCore
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

/// The keys that tokens are checked with, of which those in a file may change.
///
/// The file is looked at when keys are asked for, but once a second at most. One that cannot be used is reported, and
/// the keys before stay in use.
final class TokenKeyStore: Sendable {
    private struct State: Sendable {
        var keys: TokenKeys
        /// What was in the file.
        var contents: String
        /// In which second it was looked at.
        var lastLook: Int64
        /// What was wrong with it then, so that it is said once.
        var problem: String?
    }

    private let file: String?
    private let fixed: [TokenKey]
    private let logger: Logger
    private let now: @Sendable () -> Int64
    private let state: Mutex<State>

    /// Throws ``ChorusError/Code/invalidConfiguration``.
    init(
        _ configuration: TokenConfiguration,
        logger: Logger,
        now: @escaping @Sendable () -> Int64
    ) async throws(ChorusError) {
        var fixed: [TokenKey] = []
        if let secret = configuration.hmacSecret {
            guard !secret.isEmpty else { throw ChorusError(.invalidConfiguration, "the secret of tokens is empty") }
            fixed.append(try await TokenKey.made { try await TokenKey(secret: secret) })
        }
        if let pem = configuration.rsaPublicKey { fixed.append(try await .rsa(publicPEM: pem)) }
        if let pem = configuration.ecdsaPublicKey { fixed.append(try await .ecdsa(publicPEM: pem)) }
        if let pem = configuration.eddsaPublicKey { fixed.append(try await .eddsa(publicPEM: pem)) }
        var keys = fixed
        var contents = ""
        switch configuration.jwks {
        case .file(let path):
            file = path
            contents = try TokenKeyStore.read(path)
            keys += try await TokenKey.keySet(ByteBuffer(string: contents))
        case .json(let json):
            file = nil
            keys += try await TokenKey.keySet(ByteBuffer(string: json))
        case nil: file = nil
        }
        guard !keys.isEmpty else { throw ChorusError(.invalidConfiguration, "there is no key to check tokens with") }
        self.fixed = fixed
        self.logger = logger
        self.now = now
        state = Mutex(State(keys: TokenKeys(keys: keys), contents: contents, lastLook: now()))
    }

    /// The keys now.
    func keys() async -> TokenKeys {
        if let file, isTimeToLook() { await look(at: file) }
        return state.withLock { $0.keys }
    }

    private func isTimeToLook() -> Bool {
        let now = now()
        return state.withLock { state in
            defer { state.lastLook = now }
            return state.lastLook != now
        }
    }

    private func look(at file: String) async {
        do throws(ChorusError) {
            let contents = try TokenKeyStore.read(file)
            guard state.withLock({ $0.contents != contents || $0.problem != nil }) else { return }
            let keys = try await TokenKey.keySet(ByteBuffer(string: contents))
            let all = TokenKeys(keys: fixed + keys)
            state.withLock { $0 = State(keys: all, contents: contents, lastLook: $0.lastLook) }
            logger.info("key set read again", metadata: ["chorus.file": "\(file)", "chorus.keys": "\(keys.count)"])
        } catch {
            let problem = "\(error)"
            let isNew = state.withLock { state in
                defer { state.problem = problem }
                return state.problem != problem
            }
            guard isNew else { return }
            logger.error(
                "the key set in use stays",
                metadata: ["chorus.file": "\(file)", "chorus.error": "\(problem)"]
            )
        }
    }

    private static func read(_ file: String) throws(ChorusError) -> String {
        do {
            return try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            throw ChorusError(.invalidConfiguration, "the key set in \(file) cannot be read", cause: error)
        }
    }
}
