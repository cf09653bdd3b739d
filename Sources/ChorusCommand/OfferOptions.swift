import ArgumentParser
import Configuration

/// What the server offers besides, and how much it says.
struct OfferOptions: ParsableArguments {
    @Flag(help: Settings.help("--demo")) var demo = false

    @Flag(inversion: .prefixedNo, help: Settings.help("--demo-feed")) var demoFeed: Bool?

    @Flag(help: Settings.help("--echo")) var echo = false

    @Option(help: Settings.help("--log-level")) var logLevel: String?

    var given: [String: ConfigContent?] {
        [
            "--demo": demo ? .bool(true) : nil,
            "--demo-feed": demoFeed.map(ConfigContent.bool),
            "--echo": echo ? .bool(true) : nil,
            "--log-level": logLevel.map(ConfigContent.string),
        ]
    }
}
