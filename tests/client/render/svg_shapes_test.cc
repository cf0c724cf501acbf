#include "services/client/render/svg_shapes.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;

TEST(SvgShapesTest, TextIsEscaped) {
  EXPECT_EQ(EscapeXml("<b a=\"1\" c='2'>&\x01</b>"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;&lt;/b&gt;");
}

TEST(SvgShapesTest, LooksWithOneGlyphShareAShapeAndOthersDoNot) {
  std::set<std::string> glyphs;
  std::set<std::string> shapes;
  for (const MarkLook& look : MarkLooks()) {
    std::string shape = MarkShape(10, 20, look);
    while (shape.find(look.colour) != std::string::npos) shape.replace(shape.find(look.colour), 7, "#");
    glyphs.insert(look.glyph);
    shapes.insert(shape);
  }
  // In text a check is both `answered` and `completed`.
  EXPECT_EQ(shapes.size(), glyphs.size() + 1);
}

TEST(SvgShapesTest, ACurveGoesThroughItsPoints) {
  const std::string curve = CurveShape({{1, 30, "a < b"}, {2, 10, "b"}, {4, 20, "c"}}, 40);
  EXPECT_THAT(curve, HasSubstr("<path d=\"M1.0 30.0 L2.0 10.0 L4.0 20.0\" fill=\"none\""));
  EXPECT_THAT(curve, HasSubstr("<path d=\"M1.0 40.0 L1.0 30.0 L2.0 10.0 L4.0 20.0 L4.0 40.0z\""));
  EXPECT_THAT(curve, HasSubstr("<circle cx=\"2.0\" cy=\"10.0\" r=\"2.6\""));
  EXPECT_THAT(curve, HasSubstr("<title>a &lt; b</title></circle>"));
  EXPECT_EQ(CurveShape({}, 40), "");
}

}  // namespace
}  // namespace aftercare::client
