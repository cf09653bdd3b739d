import ArgumentParser
import ChorusCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

/// Where the secret is. There is no option with the secret itself, because others can see a process's arguments.
struct SecretOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file with the secret in one line (default: the environment's CHORUS_TOKENS_HMAC_SECRET).",
            valueName: "file"
        )
    )
    var secretFile: String?

    /// `nil` if there is none. An empty one in the environment is none.
    func secret() throws(ChorusError) -> String? {
        guard let secretFile else {
            return ProcessInfo.processInfo.environment["CHORUS_TOKENS_HMAC_SECRET"].flatMap { $0.isEmpty ? nil : $0 }
        }
        let lines = try KeyFile.read(secretFile).split(whereSeparator: \.isNewline)
        guard lines.count == 1, let line = lines.first else {
            throw ChorusError(.invalidConfiguration, "\(secretFile) is not one line with a secret")
        }
        return String(line)
    }
}
