import Foundation
import MetaTasks
import Testing

/// Small JPEG files: 16x16 pixels in four squares of red and green at 250 or 10 and 240 or 20, blue
/// 30.
enum JPEGSamples {
  static let baseline = decoded(
    """
    /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsL\
    EBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU\
    FBQUFBQUFBQUFBQUFBQUFBQUFBT/wAARCAAQABADAREAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcI\
    CQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRol\
    JicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ip\
    qrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAA\
    AAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLR\
    ChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaX\
    mJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEA\
    PwD7zr/OI+7Pj+v20/y/Pmev1U/6NT4/r9uP8vz/2Q==
    """)
  static let progressive = decoded(
    """
    /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsL\
    EBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU\
    FBQUFBQUFBQUFBQUFBQUFBQUFBT/wgARCAAQABADAREAAhEBAxEB/8QAFAABAAAAAAAAAAAAAAAAAAAAB//EABcBAAMB\
    AAAAAAAAAAAAAAAAAAUGCAn/2gAMAwEAAhADEAAAAXmcDo+7y+ZtWjY+7y//AP/EABQQAQAAAAAAAAAAAAAAAAAAACD/\
    2gAIAQEAAQUCH//EABQRAQAAAAAAAAAAAAAAAAAAACD/2gAIAQMBAT8BH//EABQRAQAAAAAAAAAAAAAAAAAAACD/2gAI\
    AQIBAT8BH//EABQQAQAAAAAAAAAAAAAAAAAAACD/2gAIAQEABj8CH//EABQQAQAAAAAAAAAAAAAAAAAAACD/2gAIAQEA\
    AT8hH//aAAwDAQACAAMAAAAQ92//xAAUEQEAAAAAAAAAAAAAAAAAAAAg/9oACAEDAQE/EB//xAAUEQEAAAAAAAAAAAAA\
    AAAAAAAg/9oACAECAQE/EB//xAAUEAEAAAAAAAAAAAAAAAAAAAAg/9oACAEBAAE/EB//2Q==
    """)
  static let printColours = decoded(
    """
    /9j/7gAOQWRvYmUAZAAAAAAC/9sAQwAQCwwODAoQDg0OEhEQExgoGhgWFhgxIyUdKDozPTw5Mzg3QEhcTkBEV0U3OFBt\
    UVdfYmdoZz5NcXlwZHhcZWdj/9sAQwEREhIYFRgvGhovY0I4QmNjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj\
    Y2NjY2NjY2NjY2NjY2NjY2Nj/8AAFAgAEAAQBAERAAIRAQMRAQQRAP/EABQAAQAAAAAAAAAAAAAAAAAAAAf/xAAUEAEA\
    AAAAAAAAAAAAAAAAAAAg/8QAFwEAAwEAAAAAAAAAAAAAAAAABQYICf/EABQRAQAAAAAAAAAAAAAAAAAAACD/2gAOBAEA\
    AhEDEQQAAD8A4P/Z
    """)

  private static func decoded(_ text: String) -> [UInt8] {
    Array(Data(base64Encoded: text) ?? Data())
  }
}

@Suite struct JPEGReaderTests {
  @Test(arguments: [JPEGSamples.baseline, JPEGSamples.progressive])
  func `baseline and progressive files become colour or grey`(bytes: [UInt8]) throws {
    let colour = try JPEGReader.picture(bytes, channels: 3, name: "p.jpg")
    #expect(colour.height == 16 && colour.width == 16 && colour.channels == 3)
    for (row, column, expected) in [
      (2, 2, [250, 240, 30]), (13, 3, [250, 20, 30]), (12, 13, [10, 20, 30]),
    ] {
      let first = (row * 16 + column) * 3
      for channel in 0..<3 {
        #expect(abs(Int(colour.samples[first + channel]) - expected[channel]) <= 10)
      }
    }
    let grey = try JPEGReader.picture(bytes, channels: 1, name: "p.jpg")
    #expect(abs(Int(grey.samples[2 * 16 + 2]) - 219) <= 10)
    #expect(try PictureReader.picture(bytes, channels: 1, name: "p.jpg") == grey)
  }

  @Test func `what is wrong with a file is told`() throws {
    let good = JPEGSamples.baseline
    let frame = try #require(
      (0..<good.count - 1).first { good[$0] == 0xFF && good[$0 + 1] == 0xC0 })
    var huge = good
    huge.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xDC, 0xFF, 0xDC])
    var wide = good
    wide.replaceSubrange(frame + 5..<frame + 9, with: [0x1F, 0x40, 0x1F, 0x40])
    let cases: [([UInt8], String)] = [
      (Array(good.prefix(2)), "not a JPEG"), (Array(good.prefix(40)), "cut short"),
      (Array(good.dropLast(20)), "cut short"), (huge, "65500x65500"), (wide, "do not fit"),
      (JPEGSamples.printColours, "CMYK"), ([], "not a JPEG"),
    ]
    for (bytes, part) in cases {
      let error = #expect(throws: ReadError.self) {
        try JPEGReader.picture(bytes, channels: 3, name: "p.jpg")
      }
      #expect(error?.problem.contains(part) == true, "\(String(describing: error)) \(part)")
    }
    let neither = #expect(throws: ReadError.self) {
      try PictureReader.picture(Array("GIF89a".utf8), channels: 3, name: "p.gif")
    }
    #expect(neither?.description == "p.gif: not a picture in PNG or JPEG.")
  }
}
