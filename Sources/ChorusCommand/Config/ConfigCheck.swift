import ArgumentParser
import Chorus
import ChorusCore
import ChorusTokens

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

/// `chorus config check`: all that is wrong, at once.
struct ConfigCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say what is wrong with a configuration, and where.",
        discussion: """
            Looks at the file and the environment as chorus serve would, and at the
            certificates and keys in the files that they name. Exits with 78 when
            something is wrong, after a line for each problem on standard error.

              chorus config check chorus.json
            """
    )

    @Argument(
        help: "The file (default: the environment's CHORUS_CONFIG, or chorus.json if it is there)."
    )
    var file: String?

    func run() async throws {
        let path = FileOptions.path(file)
        let environment = ProcessInfo.processInfo.environment
        let sources = ConfigurationSources(environment: environment, file: try await FileOptions.read(path))
        let resolved = sources.resolve()
        var problems = resolved.problems + resolved.unreadableFiles
        if problems.isEmpty { problems = await resolved.unusableKeys() }
        for problem in problems { Console.say("\(problem)") }
        guard problems.isEmpty else { throw ExitCode(Exit.configuration) }
        Console.print("\(path ?? "the environment"): nothing is wrong")
    }
}

extension ResolvedConfiguration {
    /// A problem for every file that the settings name and that cannot be read.
    var unreadableFiles: [ConfigurationProblem] {
        let files = [
            ("tls.certificate", settings.listen.certificate), ("tls.key", settings.listen.key),
            ("api.key_file", settings.api.keyFile), ("tokens.jwks_file", settings.tokens.jwksFile),
            ("tokens.rsa_public_key", settings.tokens.rsaPublicKey),
            ("tokens.ecdsa_public_key", settings.tokens.ecdsaPublicKey),
        ]
        return files.compactMap { key, path in
            // a key may stand there itself
            guard let path = path?.drop(while: \.isWhitespace), !path.hasPrefix("-----BEGIN"),
                !FileManager.default.isReadableFile(atPath: String(path))
            else { return nil }
            return ConfigurationProblem(places[key] ?? .standard, "\(key): the file \(path) cannot be read")
        }
    }

    /// A problem for each kind of keys that a server could not use.
    func unusableKeys() async -> [ConfigurationProblem] {
        var problems: [ConfigurationProblem] = []
        func attempt(_ keys: [String], _ use: () async throws(ChorusError) -> Void) async {
            do throws(ChorusError) {
                try await use()
            } catch {
                let place = keys.lazy.compactMap { places[$0] }.first
                problems.append(ConfigurationProblem(place ?? .standard, error.sentence))
            }
        }
        await attempt(["tls.certificate"]) { () throws(ChorusError) in
            if let certificate = settings.listen.certificate, let key = settings.listen.key {
                try BroadcastServer.TLSFiles(certificateChain: certificate, privateKey: key).check()
            }
        }
        await attempt(["api.key_file"]) { () throws(ChorusError) in _ = try settings.api.keys() }
        let tokens = ["tokens.jwks_file", "tokens.rsa_public_key", "tokens.ecdsa_public_key", "tokens.hmac_secret"]
        await attempt(tokens) { () throws(ChorusError) in
            if let configuration = try settings.tokens.configuration() { _ = try await JWTVerifier(configuration) }
        }
        return problems
    }
}
