"""These tests recognise browsers inside apps by their User-Agent, and find the way out of each."""

import pytest

from webhelper.visitor.in_app import InApp, in_app_of

URL = "https://shop.example.com/r/ABC?lang=ko"
KAKAOTALK = "kakaotalk://web/openExternal?url=https%3A%2F%2Fshop.example.com%2Fr%2FABC%3Flang%3Dko"
INTENT = "intent://shop.example.com/r/ABC?lang=ko#Intent;scheme=https;end"
LINE = f"{URL}&openExternalBrowser=1"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 14; SM-S918N Build/UP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko)"
CHROME = "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile"


@pytest.mark.parametrize(
    ("user_agent", "name", "way_out"),
    [
        (f"{IPHONE} Mobile/15E148 KAKAOTALK 10.3.1", "KakaoTalk", KAKAOTALK),
        (f"{ANDROID} Version/4.0 Chrome/126 Mobile Safari/537.36;KAKAOTALK 2410310", "KakaoTalk", KAKAOTALK),
        (f"{IPHONE} Mobile/15E148 Safari Line/14.9.0", "LINE", LINE),
        (f"{ANDROID} Version/4.0 Chrome/126 Mobile Safari/537.36 Line/14.9.0/IAB", "LINE", LINE),
        (f"{IPHONE} Mobile/21F90 Instagram 338.0.2 (iPhone15,2; iOS 17_5)", "Instagram", None),
        (f"{ANDROID} Chrome/126 Mobile Safari/537.36 Instagram 338.0 Android", "Instagram", INTENT),
        (f"{IPHONE} Mobile/21F90 Barcelona 338.0.2", "Threads", None),
        (f"{IPHONE} Mobile/21F90 [FBAN/FBIOS;FBAV/471.0.0;FBDV/iPhone15,2]", "Facebook", None),
        (f"{ANDROID} Chrome/126 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/471.0.0;]", "Facebook", INTENT),
        (f"{IPHONE} Mobile/21F90 [FBAN/MessengerForiOS;FBAV/466.0]", "Messenger", None),
        (f"{ANDROID} Chrome/126 Mobile [FB_IAB/Orca-Android;FBAV/466.0;]", "Messenger", INTENT),
        (f"{IPHONE} Version/17.5 Mobile/15E148 Safari/605.1 NAVER(inapp; search; 1010; 12)", "NAVER", None),
        (f"{ANDROID} Whale/1.0 Mobile Safari/537.36 NAVER(inapp; search; 1010; 12)", "NAVER", INTENT),
        (f"{IPHONE} Mobile/15E148 DaumApps/8.8.0 DaumDevice/mobile", "Daum", None),
        (f"{ANDROID} Mobile Safari/537.36 BAND/13.4 (Android 14; KR)", "BAND", INTENT),
        (f"{IPHONE} Mobile/15E148 KAKAOSTORY 7.9", "KakaoStory", None),
        (f"{ANDROID} MMWEBID/1 MicroMessenger/8.0.49 NetType/WIFI", "WeChat", INTENT),
        (f"{IPHONE} Mobile/15E148 musical_ly_34.9 BytedanceWebview/d8a21c6", "TikTok", None),
        (f"{IPHONE} Mobile/15E148 Snapchat/12.90 (iPhone15,2; iOS 17)", "Snapchat", None),
        (f"{IPHONE} Mobile/21F90 Twitter for iPhone/10.44", "X", None),
        (f"{ANDROID} Mobile Safari/537.36 TwitterAndroid", "X", INTENT),
        (f"{IPHONE} Mobile/21F90 [LinkedInApp]/9.29", "LinkedIn", None),
        (f"{ANDROID} Mobile Safari/537.36 Telegram-Android/10.14", "Telegram", INTENT),
        (f"{IPHONE} Mobile/21F90 [Pinterest/iOS]", "Pinterest", None),
        (f"{ANDROID} Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36", None, INTENT),
    ],
)
def test_browser_of_an_app_is_known_with_its_way_out(  # L5
    user_agent: str, name: str | None, way_out: str | None
) -> None:
    """The table names the app, and how it opens a page in the phone's browser."""
    assert in_app_of(user_agent, URL) == InApp(name, way_out)


@pytest.mark.parametrize(
    "user_agent",
    [
        "",
        f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1",
        f"{IPHONE} CriOS/126.0.0.0 Mobile/15E148 Safari/604.1",
        f"{IPHONE} FxiOS/127.0 Mobile/15E148 Safari/605.1.15",
        f"{CHROME} Safari/537.36",
        f"{CHROME} Safari/537.36 EdgA/126.0.0.0",
        f"{CHROME.replace('Chrome', 'SamsungBrowser/25.0 Chrome')} Safari/537.36",
        "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
        "facebookexternalhit/1.1",
        "kakaotalk-scrap/1.0; +https://devtalk.kakao.com/",
        "Outline/1.0 Pipeline/2",
    ],
)
def test_browser_of_a_phone_or_computer_is_in_no_app(user_agent: str) -> None:
    """Safari, Chrome, Firefox, Edge, Samsung's browser and programs are browsers of no app."""
    assert in_app_of(user_agent, URL) is None


def test_way_out_of_a_site_without_https_keeps_its_scheme() -> None:
    """An intent opens the address with the scheme that it has."""
    found = in_app_of(f"{ANDROID} Instagram 338.0", "http://192.168.0.7:8000/r/ABC")
    assert found == InApp("Instagram", "intent://192.168.0.7:8000/r/ABC#Intent;scheme=http;end")
    line = in_app_of(f"{IPHONE} Line/14.9.0", "https://shop.example.com/r/ABC")
    assert line == InApp("LINE", "https://shop.example.com/r/ABC?openExternalBrowser=1")
