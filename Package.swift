// swift-tools-version: 6.2

import PackageDescription

let package = Package(
    name: "chorus",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Chorus", targets: ["Chorus"]),
        .library(name: "CentrifugeProtocol", targets: ["CentrifugeProtocol"]),
        .library(name: "ChorusCore", targets: ["ChorusCore"]),
        .library(name: "ChorusClient", targets: ["ChorusClient"]),
        .library(name: "ChorusDemo", targets: ["ChorusDemo"]),
        .library(name: "ChorusTesting", targets: ["ChorusTesting"]),
        .library(name: "ChorusTokens", targets: ["ChorusTokens"]),
        .library(name: "WebSocketWire", targets: ["WebSocketWire"]),
        .executable(name: "chorus", targets: ["ChorusCommand"]),
        // for the package in Benchmarks, which has no access to what they measure
        .library(name: "_MicroBenchmarks", targets: ["MicroBenchmarks"]),
    ],
    dependencies: [
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        // its default trait reads JSON with full Foundation
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        // its default traits read streams, with full Foundation
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird",
            from: "2.28.1",
            traits: ["ConfigurationSupport"]
        ),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        .systemLibrary(
            name: "CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]
        ),
        .target(
            name: "WebSocketWire",
            dependencies: [
                "CZlib",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .target(name: "JSONWire", dependencies: [.product(name: "NIOCore", package: "swift-nio")]),
        .target(
            name: "CentrifugeProtocol",
            dependencies: [
                "JSONWire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["Generated/client.proto"]
        ),
        .target(
            name: "ChorusCore",
            dependencies: [
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .target(
            name: "Chorus",
            dependencies: [
                "CentrifugeProtocol",
                "ChorusCore",
                "JSONWire",
                "WebSocketWire",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "ChorusClient",
            dependencies: [
                "JSONWire",
                "WebSocketWire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        .target(
            name: "ChorusTesting",
            dependencies: [
                "Chorus",
                "ChorusClient",
                "ChorusCore",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .target(
            name: "ChorusTokens",
            dependencies: [
                "Chorus",
                "ChorusCore",
                "JSONWire",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .target(
            name: "ChorusDemo",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            resources: [.embedInCode("Pages")]
        ),
        .executableTarget(
            name: "ChorusCommand",
            dependencies: [
                "Chorus",
                "ChorusClient",
                "ChorusCore",
                "ChorusDemo",
                "ChorusTokens",
                "JSONWire",
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                "WebSocketWire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .executableTarget(name: "Tutorial", dependencies: ["Chorus"], path: "Examples/Tutorial"),
        .executableTarget(name: "ChatRoom", dependencies: ["Chorus"], path: "Examples/ChatRoom"),
        .executableTarget(
            name: "Chat",
            dependencies: ["Chorus", "ChorusDemo", .product(name: "Hummingbird", package: "hummingbird")],
            path: "Examples/Chat"
        ),
        .executableTarget(
            name: "Notifications",
            dependencies: ["Chorus", "ChorusDemo", .product(name: "Hummingbird", package: "hummingbird")],
            path: "Examples/Notifications"
        ),
        .executableTarget(
            name: "Scores",
            dependencies: ["Chorus", "ChorusDemo", .product(name: "Hummingbird", package: "hummingbird")],
            path: "Examples/Scores"
        ),
        .executableTarget(
            name: "Ticker",
            dependencies: ["Chorus", "ChorusDemo", .product(name: "Hummingbird", package: "hummingbird")],
            path: "Examples/Ticker"
        ),
        .executableTarget(
            name: "Mounted",
            dependencies: ["Chorus", .product(name: "Hummingbird", package: "hummingbird")],
            path: "Examples/Mounted"
        ),
        .executableTarget(name: "Procedures", dependencies: ["Chorus"], path: "Examples/Procedures"),
        .executableTarget(
            name: "HubCost",
            dependencies: [
                "ChorusCore",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Benchmarks/hub"
        ),
        .executableTarget(name: "ManyTopics", dependencies: ["Chorus"], path: "Benchmarks/topics"),
        .target(
            name: "MicroBenchmarks",
            dependencies: [
                "CentrifugeProtocol",
                "Chorus",
                "ChorusCore",
                "JSONWire",
                "WebSocketWire",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Benchmarks/micro"
        ),
        .executableTarget(name: "Allocations", dependencies: ["MicroBenchmarks"], path: "Benchmarks/allocations"),
        .target(name: "FuzzSupport", path: "Tests/FuzzSupport"),
        .target(
            name: "ClientSupport",
            dependencies: ["ChorusClient", "ChorusTesting", "WebSocketWire"],
            path: "Tests/ClientSupport"
        ),
        .testTarget(
            name: "WebSocketWireTests",
            dependencies: ["FuzzSupport", "WebSocketWire", .product(name: "NIOCore", package: "swift-nio")]
        ),
        .testTarget(
            name: "CentrifugeProtocolTests",
            dependencies: [
                "CentrifugeProtocol",
                "FuzzSupport",
                "JSONWire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]
        ),
        .testTarget(
            name: "ChorusTokensTests",
            dependencies: [
                "Chorus",
                "ChorusTokens",
                "ChorusCore",
                "FuzzSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "JSONWireTests",
            dependencies: ["FuzzSupport", "JSONWire", .product(name: "NIOCore", package: "swift-nio")]
        ),
        .testTarget(
            name: "ChorusCoreTests",
            dependencies: [
                "ChorusCore",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "ChorusClientTests",
            dependencies: [
                "Chorus",
                "ChorusClient",
                "ChorusCommand",
                "ChorusCore",
                "ChorusTesting",
                "WebSocketWire",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        .testTarget(
            name: "ChorusTests",
            dependencies: [
                "CentrifugeProtocol",
                "Chorus",
                "ChorusClient",
                "ChorusCore",
                "ChorusTesting",
                "ClientSupport",
                "WebSocketWire",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(name: "ChorusDemoTests", dependencies: ["ChorusDemo"]),
        .testTarget(
            name: "ChorusCommandTests",
            dependencies: [
                "ChorusClient",
                "ChorusCommand",
                "ChorusCore",
                "ChorusTesting",
                "ClientSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
