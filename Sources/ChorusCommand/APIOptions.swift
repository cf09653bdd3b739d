import ArgumentParser
import Configuration

/// Who may use the HTTP API, and how much of it at once.
struct APIOptions: ParsableArguments {
    @Flag(inversion: .prefixedNo, help: Settings.help("--api")) var api: Bool?

    @Option(help: Settings.help("--api-key-file", valueName: "file")) var apiKeyFile: String?

    @Option(help: Settings.help("--max-request-size")) var maxRequestSize: String?

    @Option(help: Settings.help("--max-list-length")) var maxListLength: Int?

    var given: [String: ConfigContent?] {
        [
            "--api": api.map(ConfigContent.bool),
            "--api-key-file": apiKeyFile.map(ConfigContent.string),
            "--max-request-size": maxRequestSize.map(ConfigContent.string),
            "--max-list-length": maxListLength.map(ConfigContent.int),
        ]
    }
}
