import ArgumentParser
import ChorusCore
import ChorusTokens

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

/// Files with keys, and what to say of them.
enum KeyFile {
    /// - Parameter name: what it is, where its path does not say so.
    static func read(_ path: String, as name: String? = nil) throws(ChorusError) -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            let file = name.map { "\($0), \(path)," } ?? path
            throw ChorusError(.invalidConfiguration, "\(file) cannot be read", cause: error)
        }
    }

    static func warn(of configuration: TokenConfiguration) {
        guard configuration.hasShortSecret else { return }
        Console.say("the secret has fewer than 32 bytes: whoever sees a token can find it out")
    }

    /// Runs `body`; an error of its becomes a line on standard error and an exit code.
    static func saying(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as ChorusError {
            Console.say(error.sentence)
            throw ExitCode(Exit.configuration)
        }
    }
}
